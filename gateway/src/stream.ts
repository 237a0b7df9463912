import type { Gap, GapReason, Observation, Slug, SourceMark } from '@benchline/model';
import { type Mapper, Ordinals, type Reading } from '@benchline/model/mapping';
import type { Backlog } from './backlog.ts';
import type { BatchDraft, ResumeState } from './spool/port.ts';

interface Segment {
  observations: Observation[];
  gaps: Gap[];
  observed?: { from_ns: bigint; until_ns: bigint };
  resume?: string;
}

/** A claim without anything new in it is committed at most this often; every 5 s is promised. */
const claimInterval_ms = 1000;

/**
 * What one source says of one machine, collected until the next commit: observations in order of arrival, the
 * claim of how far it was watched, and the gaps in that. Claims chain: each begins where the last ended, or
 * where a gap did.
 */
export class MachineStream {
  readonly machine: Slug;
  readonly source: Slug;
  readonly mapper: Mapper;
  readonly counters = { observations: 0, repeats: 0, bad: 0, gaps: 0 };
  readonly #marks: readonly SourceMark[];
  readonly #ordinals: Ordinals;
  readonly #backlog: Backlog;
  #until: bigint | undefined;
  #resume: string | undefined;
  #segments: Segment[] = [];
  #claimDrained_ms = 0;

  constructor(
    place: { machine: Slug; source: Slug },
    mapper: Mapper,
    marks: readonly SourceMark[],
    resumed: ResumeState | undefined,
    backlog: Backlog,
  ) {
    this.machine = place.machine;
    this.source = place.source;
    this.mapper = mapper;
    this.#marks = marks;
    this.#backlog = backlog;
    this.#ordinals = new Ordinals(resumed?.last);
    this.#until = resumed?.until_ns;
    this.#resume = resumed?.resume;
  }

  /** Source time up to which this source was watched, or up to which its not being watched was declared. */
  get until_ns(): bigint | undefined {
    return this.#until;
  }

  /** The resume token of the newest message taken; after a restart the last committed one. */
  get resumeToken(): string | undefined {
    return this.#resume;
  }

  /** Signals of which anything was ever said. */
  get signals(): Iterable<Slug> {
    return this.#ordinals.signals;
  }

  /** Whether observations wait for a commit. */
  get waiting(): boolean {
    return this.#segments.some((s) => s.observations.length > 0);
  }

  take(reading: Reading): void {
    const mapped = this.mapper.map(reading);
    if (!mapped) return;
    const observation = this.#ordinals.place(mapped);
    if (!observation) {
      this.counters.repeats += 1;
      return;
    }
    this.counters.observations += 1;
    if (observation.value === undefined) this.counters.bad += 1;
    this.#current().observations.push(observation);
    this.#backlog.add(1);
  }

  /**
   * Everything that happened up to this source time has been taken. The first call only says where watching
   * begins: what lies before was never claimed.
   */
  observed(until_ns: bigint): void {
    const from_ns = this.#until;
    if (from_ns !== undefined && until_ns <= from_ns) return;
    this.#until = until_ns;
    if (from_ns === undefined) return;
    const current = this.#current();
    if (current.observed && current.observed.until_ns !== from_ns)
      this.#segments.push({ observations: [], gaps: [], observed: { from_ns, until_ns } });
    else current.observed = { from_ns: current.observed?.from_ns ?? from_ns, until_ns };
  }

  /** Nobody watched from the last claim to this source time; watching goes on from there. */
  interrupted(reason: GapReason, to_ns: bigint): void {
    const from_ns = this.#until;
    if (from_ns !== undefined && to_ns <= from_ns) return;
    this.#until = to_ns;
    if (from_ns === undefined) return;
    this.counters.gaps += 1;
    this.#current().gaps.push({ from_ns, to_ns, reason });
  }

  /** Where the source can go on after everything taken so far, in its own words. */
  resumable(token: string): void {
    this.#resume = token;
    this.#current().resume = token;
  }

  /** Takes out everything collected, as drafts in order. */
  drain(gateway_time_ns: bigint, now_ms: number, force: boolean): BatchDraft[] {
    const segments = this.#segments;
    const silent = segments.every(
      (s) => s.observations.length === 0 && s.gaps.length === 0 && s.resume === undefined,
    );
    if (segments.length === 0) return [];
    if (silent && !force && now_ms - this.#claimDrained_ms < claimInterval_ms) return [];
    this.#segments = [];
    this.#claimDrained_ms = now_ms;
    return segments.map((segment) => ({
      gateway_time_ns,
      machine: this.machine,
      source: this.source,
      mapping: this.mapper.digest,
      marks: this.#marks,
      ...segment,
    }));
  }

  #current(): Segment {
    const last = this.#segments.at(-1);
    if (last) return last;
    const first: Segment = { observations: [], gaps: [] };
    this.#segments.push(first);
    return first;
  }
}
