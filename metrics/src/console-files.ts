import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';

/** A file of the console as a browser gets it. */
export interface ConsoleFile {
  type: string;
  body: string;
}

const folder = new URL('../console/', import.meta.url);
const scripts = [
  'alarms',
  'analysis',
  'analysis-messages',
  'api',
  'bar',
  'compare',
  'compare-chart',
  'compare-choice',
  'compare-form',
  'compare-messages',
  'compare-view',
  'compare-windows',
  'control-chart',
  'dialog',
  'dom',
  'energy',
  'energy-charts',
  'energy-data',
  'energy-evidence',
  'energy-explanation',
  'energy-formulas',
  'energy-limits',
  'energy-messages',
  'energy-outlook',
  'energy-panels',
  'energy-summary',
  'energy-wording',
  'entries',
  'entry-api',
  'entry-forms',
  'entry-messages',
  'evidence',
  'evidence-history',
  'evidence-messages',
  'evidence-subject',
  'fill',
  'format',
  'local-time',
  'loss-panels',
  'main',
  'messages',
  'page',
  'panels',
  'pause',
  'pipeline',
  'plant',
  'reasons',
  'timeline',
  'types',
  'windows',
];

/**
 * Every file of the console by its path. The page is written in TypeScript like everything else; its types are
 * stripped here, once, in the way Node strips ours, so that there is no build and what is served is what was written.
 */
export function consoleFiles(): ReadonlyMap<string, ConsoleFile> {
  const read = (name: string) => readFileSync(fileURLToPath(new URL(name, folder)), 'utf8');
  const files = new Map<string, ConsoleFile>([
    ['/', { type: 'text/html; charset=utf-8', body: read('index.html') }],
    ['/analysis', { type: 'text/html; charset=utf-8', body: read('analysis.html') }],
    ['/console/analysis.css', { type: 'text/css; charset=utf-8', body: read('analysis.css') }],
    ['/energy', { type: 'text/html; charset=utf-8', body: read('energy.html') }],
    ['/console/energy.css', { type: 'text/css; charset=utf-8', body: read('energy.css') }],
    ['/compare', { type: 'text/html; charset=utf-8', body: read('compare.html') }],
    ['/console/compare.css', { type: 'text/css; charset=utf-8', body: read('compare.css') }],
    ['/console/evidence.css', { type: 'text/css; charset=utf-8', body: read('evidence.css') }],
    ['/entries', { type: 'text/html; charset=utf-8', body: read('entries.html') }],
    ['/console/entries.css', { type: 'text/css; charset=utf-8', body: read('entries.css') }],
    ['/console/style.css', { type: 'text/css; charset=utf-8', body: read('style.css') }],
    ['/console/icon.svg', { type: 'image/svg+xml', body: read('icon.svg') }],
  ]);
  for (const name of scripts)
    files.set(`/console/${name}.ts`, {
      type: 'text/javascript; charset=utf-8',
      body: stripTypeScriptTypes(read(`src/${name}.ts`)),
    });
  return files;
}
