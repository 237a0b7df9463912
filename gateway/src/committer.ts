import { setTimeout as sleep } from 'node:timers/promises';
import { BenchlineError, describeError, type Log, nsNow } from '@benchline/model';
import type { Backlog } from './backlog.ts';
import type { BatchDraft, Spool } from './spool/port.ts';
import type { MachineStream } from './stream.ts';

const retry_ms = 1000;

export interface CommitterOptions {
  spool: Spool;
  streams: readonly MachineStream[];
  backlog: Backlog;
  flush_interval_ms: number;
  log: Log;
  /** Called for every batch that has been committed. */
  committed(draft: BatchDraft): void;
}

/**
 * Commits what the streams have collected to the spool, at every interval or earlier when it is worth it, one
 * commit after the other so that the order of the chain is the order of arrival.
 */
export class Committer {
  readonly counters = { commits: 0, batches: 0, observations: 0, retries: 0, refused_batches: 0 };
  readonly #options: CommitterOptions;
  #nudge: () => void = () => {};
  #refused = false;

  constructor(options: CommitterOptions) {
    this.#options = options;
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
      await this.#interval(signal);
      await this.#flush(signal, false);
    }
    await this.#flush(signal, true);
  }

  async #interval(signal: AbortSignal): Promise<void> {
    const early = new AbortController();
    this.#nudge = () => early.abort();
    const either = AbortSignal.any([signal, early.signal]);
    await sleep(this.#options.flush_interval_ms, undefined, { signal: either }).catch(() => {});
  }

  async #flush(signal: AbortSignal, force: boolean): Promise<void> {
    const now_ms = performance.now();
    const gateway_time_ns = nsNow();
    const drafts = this.#options.streams.flatMap((stream) => stream.drain(gateway_time_ns, now_ms, force));
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
