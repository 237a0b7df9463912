import type { Log } from '../log.ts';
import { advance, type Look, type StageState, stateOf, type Watched } from './stage.ts';
import { type StageName, stages } from './stages.ts';

export interface HealthOptions {
  /** How every stage looks now. Called about once a second; must not block. */
  look(): readonly Look[];
  /** How long a stage may stand still, in milliseconds. Default 20 000. */
  patience_ms?: number;
  log: Log;
}

/** One stage as it is told. */
export interface StageReport {
  stage: StageName;
  subject?: string;
  state: StageState;
  /** How long it has stood still, in seconds; 0 while it works. */
  standing_s: number;
  /** What is in the way. */
  reason?: string;
  /** What to do. */
  hint?: string;
}

const defaultPatience_ms = 20_000;
const every_ms = 1000;
/** A process that was stopped itself saw nothing of that time, and accuses nobody of it. */
const longestStep_ms = 3000;

/**
 * Watches the stages of a service and says which stand still. It counts by a clock that nobody can set, so a
 * corrected wall clock stalls nothing.
 */
export class Health {
  readonly #options: HealthOptions;
  readonly #patience_ms: number;
  #stages = new Map<string, Watched>();
  #looked_ms: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: HealthOptions) {
    this.#options = options;
    this.#patience_ms = options.patience_ms ?? defaultPatience_ms;
  }

  start(): void {
    this.#look();
    this.#timer = setInterval(() => this.#look(), every_ms).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Every stage as it is now. */
  report(): StageReport[] {
    this.#look();
    return [...this.#stages.values()].map((watched) => this.#reportOf(watched));
  }

  #look(): void {
    const now_ms = performance.now();
    const elapsed_ms = Math.min(now_ms - (this.#looked_ms ?? now_ms), longestStep_ms);
    this.#looked_ms = now_ms;
    const next = new Map<string, Watched>();
    for (const look of this.#options.look()) {
      const key = `${look.stage} ${look.subject ?? ''}`;
      const before = this.#stages.get(key);
      const after = advance(before, look, elapsed_ms);
      next.set(key, after);
      this.#say(before, after);
    }
    this.#stages = next;
  }

  #say(before: Watched | undefined, after: Watched): void {
    const was = before !== undefined && this.#isStalled(before);
    const { stage, subject, reason } = after.look;
    const hint = stages[stage].hint.en;
    if (this.#isStalled(after) && !was) this.#options.log.error({ stage, subject, reason, hint }, 'stalled');
    else if (was && after.standing_ms === undefined)
      this.#options.log.info({ stage, subject }, 'works again');
  }

  #isStalled(watched: Watched): boolean {
    return stateOf(watched, this.#patience_ms) === 'stalled';
  }

  #reportOf(watched: Watched): StageReport {
    const { stage, subject, reason } = watched.look;
    const state = stateOf(watched, this.#patience_ms);
    const stands = state === 'waiting' || state === 'stalled';
    return {
      stage,
      ...(subject === undefined ? {} : { subject }),
      state,
      standing_s: stands ? Math.round(watched.standing_ms ?? 0) / 1000 : 0,
      ...(stands && reason !== undefined ? { reason } : {}),
      ...(stands ? { hint: stages[stage].hint.en } : {}),
    };
  }
}
