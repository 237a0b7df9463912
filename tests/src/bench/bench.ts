import type { Row } from './row.ts';

/** One stage to measure. */
export interface Bench {
  /** What it measures, for a person. */
  summary: string;
  /**
   * Resolves with its figures; with rows that give a reason where this computer lacks what it needs.
   * @throws whatever kept it from measuring what should be measurable.
   */
  run(setting: Setting): Promise<Row[]>;
}

export interface Setting {
  /** Smaller sizes, fewer turns: a look, not a verdict. */
  quick: boolean;
  /** A folder of its own, deleted afterwards. */
  folder: string;
  signal: AbortSignal;
}
