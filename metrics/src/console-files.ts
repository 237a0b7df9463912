import { readdirSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file of the console as a browser gets it. */
export interface ConsoleFile {
  type: string;
  body: string;
}

const folder = fileURLToPath(new URL('../console/', import.meta.url));

/** The pages by their paths: one shell, and what a page loads into it. */
const pages = {
  '/': { script: 'main', styles: ['style', 'evidence'] },
  '/analysis': { script: 'analysis', styles: ['style', 'analysis', 'evidence'] },
  '/energy': { script: 'energy', styles: ['style', 'analysis', 'energy', 'evidence'] },
  '/compare': { script: 'compare', styles: ['style', 'analysis', 'evidence', 'compare'] },
  '/entries': { script: 'entries', styles: ['style', 'entries'] },
};

/**
 * Every file of the console by its path. The pages are written in TypeScript like everything else; their types are
 * stripped here, once, in the way Node strips ours, so that there is no build and what is served is what was written.
 */
export function consoleFiles(): ReadonlyMap<string, ConsoleFile> {
  const files = new Map<string, ConsoleFile>();
  for (const [path, page] of Object.entries(pages))
    files.set(path, { type: 'text/html; charset=utf-8', body: pageOf(page) });
  for (const name of ending('.', '.css'))
    files.set(`/console/${name}`, { type: 'text/css; charset=utf-8', body: read(name) });
  for (const name of ending('src', '.ts'))
    files.set(`/console/${name}`, {
      type: 'text/javascript; charset=utf-8',
      body: stripTypeScriptTypes(read(join('src', name))),
    });
  return files.set('/console/icon.svg', { type: 'image/svg+xml', body: read('icon.svg') });
}

function pageOf({ script, styles }: { script: string; styles: readonly string[] }): string {
  const links = styles.map((name) => `<link rel="stylesheet" href="/console/${name}.css">`);
  return read('page.html')
    .replace('<!-- styles -->', links.join('\n    '))
    .replace('<!-- script -->', `<script type="module" src="/console/${script}.ts"></script>`);
}

function ending(inside: string, suffix: string): string[] {
  return readdirSync(join(folder, inside)).filter((name) => name.endsWith(suffix));
}

function read(name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}
