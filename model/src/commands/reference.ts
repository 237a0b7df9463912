import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allDescriptions } from '../cli/packages.ts';
import type { Command } from '../command.ts';

const docs = join(import.meta.dirname, '../../docs');

export const reference: Command = {
  summary: 'write the reference pages from the schemas',
  usage: '[--check]',
  options: { check: { type: 'boolean', help: 'write nothing; fail if a page is not what the schemas say' } },
  async run({ values }) {
    // Here, because it brings the HTTP server along, which the other commands can start without.
    const { referencePages } = await import('../reference/pages.ts');
    const pages = Object.entries(referencePages(docs, await allDescriptions()));
    const stale = pages.filter(([name, text]) => textOf(join(docs, name)) !== text);
    if (values['check'] === true) return report(stale.map(([name]) => name));
    mkdirSync(docs, { recursive: true });
    for (const [name, text] of stale) writeFileSync(join(docs, name), text);
    process.stdout.write(`${pages.length} pages in model/docs, ${stale.length} of them changed\n`);
    return 0;
  },
};

function report(stale: readonly string[]): number {
  if (stale.length === 0) return 0;
  const names = stale.map((name) => `model/docs/${name}`).join(', ');
  process.stderr.write(`not what the schemas say: ${names}\n  → run: npx benchline reference\n`);
  return 1;
}

function textOf(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
