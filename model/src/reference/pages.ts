import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import type { CommandsModule } from '../cli/packages.ts';
import { parseConfig } from '../config/load.ts';
import { CredentialsFile } from '../door/index.ts';
import { errorCodes } from '../error.ts';
import { Plant } from '../plant/schema.ts';
import { kpiPage } from './kpi-page.ts';
import { code, generatedNote, page, table } from './markdown.ts';
import { operationsPage } from './operations-page.ts';
import { schemaTables } from './schema-page.ts';

/**
 * Every generated reference page, by file name, from the schemas and catalogues; `configs` are those of other
 * packages, `measured` what their services measure. Examples are the files `examples/PAGE-minimal.yaml` and
 * `PAGE-full.yaml` beside the pages.
 * @throws BenchlineError when an example does not fit its schema.
 */
export function referencePages(
  folder: string,
  { configs, measured }: Pick<Required<CommandsModule>, 'configs' | 'measured'>,
): Record<string, string> {
  const schemas: Record<string, z.ZodType> = { plant: Plant, credentials: CredentialsFile, ...configs };
  const pages = Object.entries(schemas).map(([name, schema]): [string, string] => [
    `${name}.md`,
    schemaPage(folder, name, schema),
  ]);
  return {
    ...Object.fromEntries(pages),
    'kpis.md': kpiPage('en'),
    'kpis.zh-CN.md': kpiPage('zh'),
    'errors.md': errorPage(),
    'operations.md': operationsPage(measured),
  };
}

function schemaPage(folder: string, name: string, schema: z.ZodType): string {
  const title = `# Reference: ${name} file`;
  const intro = [
    'YAML (or JSON). Keys that are not listed here are errors. Messages name file, line and column and say what to do.',
    'An *identifier* has lower-case letters, digits and hyphens, begins with a letter or digit and is at most 63 long.',
  ].join('\n');
  const examples = ['minimal', 'full'].flatMap((kind) => exampleText(folder, name, kind, schema));
  return page([title, generatedNote, intro, ...examples, schemaTables(schema)]);
}

function exampleText(folder: string, name: string, kind: string, schema: z.ZodType): string[] {
  const file = join(folder, 'examples', `${name}-${kind}.yaml`);
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8');
  parseConfig(schema, text, file);
  return [`## Example, ${kind}`, `\`\`\`yaml\n${text.trimEnd()}\n\`\`\``];
}

function errorPage(): string {
  const rows = Object.entries(errorCodes).map(([name, meaning]) => [code(name), meaning]);
  return page([
    '# Reference: error codes',
    generatedNote,
    [
      'Log lines and counters carry these codes as `code`, and so does every API problem (RFC 9457).',
      'The program ends with status 0 when done, 1 when it failed and 2 when it did not understand its command line.',
    ].join('\n'),
    table(['Code', 'Meaning'], rows),
  ]);
}
