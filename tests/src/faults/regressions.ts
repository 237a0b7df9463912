import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { MetricsStore } from './fault.ts';
import type { FaultGroup } from './plan.ts';

/** A story that once went wrong. It is kept as it was told, since a seed tells another one when kinds are added. */
export interface Regression {
  seed: string;
  /** Default: embedded. */
  store?: MetricsStore;
  /** What had gone wrong. */
  failed: string[];
  story: FaultGroup[];
}

const file = fileURLToPath(new URL('regressions.json', import.meta.url));

function readRegressions(): Regression[] {
  return JSON.parse(readFileSync(file, 'utf8')) as Regression[];
}

/** Those that went wrong with metrics on a store of this sort. */
export function regressionsOf(metrics_store: MetricsStore): Regression[] {
  return readRegressions().filter(({ store = 'embedded' }) => store === metrics_store);
}

/** Keeps a story for ever; returns the file that it was written to. */
export function keepRegression(regression: Regression): string {
  writeFileSync(file, `${JSON.stringify([...readRegressions(), regression], null, 2)}\n`);
  return file;
}
