import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FaultGroup } from './plan.ts';

/** A story that once went wrong. It is kept as it was told, since a seed tells another one when kinds are added. */
export interface Regression {
  seed: string;
  /** What had gone wrong. */
  failed: string[];
  story: FaultGroup[];
}

const file = fileURLToPath(new URL('regressions.json', import.meta.url));

export function readRegressions(): Regression[] {
  return JSON.parse(readFileSync(file, 'utf8')) as Regression[];
}

/** Keeps a story for ever; returns the file that it was written to. */
export function keepRegression(regression: Regression): string {
  writeFileSync(file, `${JSON.stringify([...readRegressions(), regression], null, 2)}\n`);
  return file;
}
