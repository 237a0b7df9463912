import { type StageName, stageStateNames } from './stages.ts';

/** What one stage of a service looks like at one moment. */
export interface Look {
  stage: StageName;
  /** Which one, where a service has several: a source's id. Told only to those who may read. */
  subject?: string;
  /** Whether it does its work now, or has none to do. */
  ok: boolean;
  /** How far it has come, for a stage that is seldom done: as long as this changes it does its work. */
  progress?: number | string;
  /** It works, but what it has done is old: no reason for alarm, and not ready. */
  behind?: boolean;
  /** What is in the way. Told only to those who may read. */
  reason?: string | undefined;
  /** How long it may stand still before it counts as stalled, in milliseconds, where that is shorter than usual. */
  patience_ms?: number;
}

/** `waiting`: it stands still, for less than its patience. Ready is a service whose stages all work. */
export type StageState = keyof typeof stageStateNames;
/** From best to worst. */
export const stageStates = Object.keys(stageStateNames) as [StageState, ...StageState[]];

/** A stage with how long it has stood still; undefined while it works. */
export interface Watched {
  look: Look;
  standing_ms: number | undefined;
}

/** A commit, a transmission and an answer take their time: within it a stage that makes progress counts as working. */
const pace_ms = 2000;

/** The next state of a stage, from the one before and a new look `elapsed_ms` later. */
export function advance(before: Watched | undefined, look: Look, elapsed_ms: number): Watched {
  const moved = look.progress !== undefined && before !== undefined && before.look.progress !== look.progress;
  if (look.ok || moved) return { look, standing_ms: undefined };
  if (before?.standing_ms !== undefined) return { look, standing_ms: before.standing_ms + elapsed_ms };
  // What was not done at the last look either, and has not moved since, stood still all the time between.
  return { look, standing_ms: before && !before.look.ok ? elapsed_ms : 0 };
}

/** The state of a stage that has stood still for `standing_ms`. @param patience_ms after which any stage counts as stalled. */
export function stateOf({ look, standing_ms }: Watched, patience_ms: number): StageState {
  if (standing_ms !== undefined) {
    if (standing_ms >= Math.min(look.patience_ms ?? patience_ms, patience_ms)) return 'stalled';
    if (look.progress === undefined || standing_ms >= pace_ms) return 'waiting';
  }
  return look.behind ? 'behind' : 'working';
}
