import { setTimeout as sleep } from 'node:timers/promises';
import { BenchlineError, describeError, type Log, nsNow } from '@benchline/model';
import type { Backlog } from './backlog.ts';
import { Gathering } from './gathering.ts';
import type { Source } from './sources/port.ts';
import type { BatchDraft, Spool } from './spool/port.ts';
import type { MachineStream } from './stream.ts';

const retry_ms = 1000;

export interface CommitterOptions {
  spool: Spool;
  sources: readonly { source: Pick<Source, 'committed'>; streams: readonly MachineStream[] }[];
  backlog: Backlog;
  flush_interval_ms: number;
  log: Log;
  /** Called for every batch that has been committed. */
  committed(draft: BatchDraft): void;
}

/**
 * Commits what the streams have collected to the spool, at every interval or earlier when it is worth it, one
 * commit after the other so that the order of the chain is the order of arrival. While the ledger is late, only sources
 * that wait for the commit get one at every interval.
 */
export class Committer {
  readonly counters = { commits: 0, batches: 0, observations: 0, retries: 0, refused_batches: 0 };
  readonly #options: CommitterOptions;
  readonly #gathering: Gathering;
  #nudge: () => void = () => {};
  #refused = false;
  /** When all streams were last emptied. */
  #emptied_ms = Number.NEGATIVE_INFINITY;

  constructor(options: CommitterOptions) {
    this.#options = options;
    this.#gathering = new Gathering(options.flush_interval_ms);
  }

  /** Commit now rather than at the end of the interval. */
  nudge(): void {
    this.#nudge();
  }

  /**
   * Runs until the signal aborts, then commits what is left; resolves when that is durable.
   * @throws BenchlineError `journal_corrupt` when the spool needs the process to start anew.
   */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const nudged = await this.#interval(signal);
      const now_ms = performance.now();
      await this.#flush(signal, this.#drain(now_ms, nudged || this.#due(now_ms)));
    }
    await this.#flush(signal, this.#drain(performance.now(), true, true));
  }

  /** Resolves at the end of the interval, or with true at a nudge before that. */
  async #interval(signal: AbortSignal): Promise<boolean> {
    const early = new AbortController();
    this.#nudge = () => early.abort();
    const either = AbortSignal.any([signal, early.signal]);
    await sleep(this.#options.flush_interval_ms, undefined, { signal: either }).catch(() => {});
    return early.signal.aborted;
  }

  /** Whether everything has been gathered long enough. Timers fire a little early or late. */
  #due(now_ms: number): boolean {
    const { spool, flush_interval_ms } = this.#options;
    const gather_ms = this.#gathering.at(spool, now_ms);
    return now_ms - this.#emptied_ms > gather_ms - flush_interval_ms / 2;
  }

  #drain(now_ms: number, all: boolean, force = false): BatchDraft[] {
    if (all) this.#emptied_ms = now_ms;
    const gateway_time_ns = nsNow();
    return this.#options.sources
      .filter(({ source }) => all || source.committed !== undefined)
      .flatMap(({ streams }) => streams)
      .flatMap((stream) => stream.drain(gateway_time_ns, now_ms, force));
  }

  async #flush(signal: AbortSignal, drafts: readonly BatchDraft[]): Promise<void> {
    if (drafts.length === 0) return;
    const observations = drafts.reduce((sum, draft) => sum + draft.observations.length, 0);
    await this.#commit(drafts, signal);
    this.counters.commits += 1;
    this.counters.batches += drafts.length;
    this.counters.observations += observations;
    this.#options.backlog.committed(observations);
    for (const draft of drafts) this.#options.committed(draft);
  }

  /** A full disk is waited for; while the sources wait too, nothing is lost but time. */
  async #commit(drafts: readonly BatchDraft[], signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        await this.#options.spool.append(drafts);
        this.#refused = false;
        return;
      } catch (error) {
        if (isRefusal(error)) return this.#commitEach(drafts, signal);
        const refused = error instanceof BenchlineError && error.retryable;
        if (!refused || signal.aborted) throw error;
        this.#waitForRoom(error);
        await sleep(retry_ms, undefined, { signal }).catch(() => {});
      }
    }
  }

  /** While the spool has no room sources wait: devices and servers have queues, and a longer one than this process. */
  #waitForRoom(error: BenchlineError): void {
    this.counters.retries += 1;
    this.#options.backlog.refused();
    if (!this.#refused) this.#options.log.error({ code: error.code }, describeError(error));
    this.#refused = true;
  }

  /** One batch that the contract cannot carry must not take its neighbours with it, nor come back for ever. */
  async #commitEach(drafts: readonly BatchDraft[], signal: AbortSignal): Promise<void> {
    const [only, ...others] = drafts;
    if (!only) return;
    if (others.length > 0) {
      for (const draft of drafts) await this.#commit([draft], signal);
      return;
    }
    this.counters.refused_batches += 1;
    const { machine, source, observations } = only;
    const facts = { machine, source, observations: observations.length };
    this.#options.log.error(facts, 'batch refused; a gap stands for it');
    await this.#options.spool.append([asGap(only)]);
  }
}

function isRefusal(error: unknown): boolean {
  return (
    error instanceof BenchlineError &&
    (error.code === 'value_unrepresentable' || error.code === 'batch_malformed')
  );
}

function asGap({ observed, gaps, ...draft }: BatchDraft): BatchDraft {
  const lost = observed && {
    from_ns: observed.from_ns,
    to_ns: observed.until_ns,
    reason: 'queue_overflow' as const,
  };
  return { ...draft, observations: [], gaps: lost ? [...gaps, lost] : gaps };
}
