import {
  type Batch,
  type GapReason,
  type Observation,
  ObservationJson,
  observationFromJson,
  observationToJson,
  Slug,
} from '@benchline/model';
import { z } from 'zod';
import { LastWords } from './last-words.ts';
import type { BatchDraft, ResumeState } from './port.ts';
import { keyOf, type LostSource, lossOf, type Stretch } from './stretch.ts';

interface State extends Omit<ResumeState, 'last'> {
  last: LastWords;
}

/** A `ResumeState` as JSON. */
export const SourceStateJson = z.strictObject({
  machine: Slug,
  source: Slug,
  until_ns: z
    .string()
    .regex(/^-?\d+$/)
    .optional(),
  resume: z.string().optional(),
  last: z.array(ObservationJson),
});
type SourceStateJson = z.input<typeof SourceStateJson>;

/** Where each source stands for each machine, kept up with the batches that were committed. */
export class SourceStates {
  readonly #states = new Map<string, State>();

  get(machine: Slug, source: Slug): ResumeState | undefined {
    const state = this.#states.get(keyOf({ machine, source }));
    return state && asOfNow(state);
  }

  all(): readonly ResumeState[] {
    return [...this.#states.values()].map(asOfNow);
  }

  apply(batch: Batch, resume: string | undefined): void {
    const state = this.#of(batch.machine, batch.source);
    if (resume !== undefined) state.resume = resume;
    if (batch.observed) state.until_ns = later(state.until_ns, batch.observed.until_ns);
    for (const gap of batch.gaps) state.until_ns = later(state.until_ns, gap.to_ns);
    for (const observation of batch.observations) state.last.note(observation);
  }

  /** Says that a stretch is lost, but for what was said in it that no later word of the same signal replaces. */
  lossOf(of: LostSource, stretch: Stretch, reason: GapReason): BatchDraft {
    const last = this.#states.get(keyOf(of))?.last.all() ?? [];
    const words = last.filter(({ source_time_ns: at }) => stretch.from_ns < at && at <= stretch.to_ns);
    return lossOf(of, stretch, reason, words);
  }

  /** How far each source is known, by machine/source. */
  until(): Map<string, bigint> {
    const until = new Map<string, bigint>();
    for (const [key, { until_ns }] of this.#states) if (until_ns !== undefined) until.set(key, until_ns);
    return until;
  }

  /** How many it is known of whether they are watched. */
  get known(): number {
    let known = 0;
    for (const { until_ns } of this.#states.values()) if (until_ns !== undefined) known += 1;
    return known;
  }

  toJson(): SourceStateJson[] {
    return [...this.#states.values()].map((state) => ({
      machine: state.machine,
      source: state.source,
      until_ns: state.until_ns?.toString(),
      resume: state.resume,
      last: state.last.all().map((o) => observationToJson(o) as z.input<typeof ObservationJson>),
    }));
  }

  restore(states: readonly z.output<typeof SourceStateJson>[]): void {
    for (const { machine, source, until_ns, resume, last } of states) {
      const state = this.#of(machine, source);
      state.until_ns = until_ns === undefined ? undefined : BigInt(until_ns);
      state.resume = resume;
      for (const json of last) state.last.set(observationFromJson(json));
    }
  }

  /** Takes over what another account of the same sources says, where it says something. */
  goBackTo(earlier: SourceStates): void {
    for (const state of earlier.#states.values()) {
      const mine = this.#of(state.machine, state.source);
      mine.until_ns = state.until_ns;
      mine.resume = state.resume;
      for (const observation of state.last.all()) mine.last.set(observation);
    }
  }

  #of(machine: Slug, source: Slug): State {
    const key = keyOf({ machine, source });
    let state = this.#states.get(key);
    if (!state) {
      state = { machine, source, until_ns: undefined, resume: undefined, last: new LastWords() };
      this.#states.set(key, state);
    }
    return state;
  }
}

function asOfNow({ last, ...state }: State): ResumeState {
  return { ...state, last: new Map(last.all().map((observation) => [observation.signal, observation])) };
}

function later(a: bigint | undefined, b: bigint): bigint {
  return a === undefined || b > a ? b : a;
}

/** Whether the second of two observations of a signal was said first. */
export function isAfter(a: Observation, b: Observation): boolean {
  if (a.source_time_ns !== b.source_time_ns) return a.source_time_ns > b.source_time_ns;
  return a.ordinal > b.ordinal;
}
