import { isoFromNs, type Log, nsNow } from '@benchline/model';
import type { EmbeddedStore } from '@benchline/store/embedded';
import { Feed, type FeedAccess, type FeedStatus } from './feed.ts';
import { Lag } from './lag.ts';
import { type FeedRecord, type News, newsOf, writeOf } from './records.ts';

export interface FollowerOptions {
  feed: FeedAccess;
  /** Offset of the first record wanted. */
  from: number;
  /** Where records are written to; absent where ingest itself has written them into InfluxDB. */
  store?: Pick<EmbeddedStore, 'write'>;
  log: Log;
  /** Called once the records can be queried. */
  onNews(news: readonly News[], next: number): void;
}

/** Keeps the metrics service up with the ledger: writes what comes, if that is its task, and says what is new. */
export class Follower {
  readonly #options: FollowerOptions;
  readonly #feed: Feed;
  readonly #lag = new Lag();
  #lastReceived_ns: bigint | undefined;
  #refused = 0;

  constructor(options: FollowerOptions) {
    this.#options = options;
    const { feed, from, log, store } = options;
    this.#feed = new Feed({ ...feed, from, log, projected: store === undefined, take: (r) => this.#take(r) });
  }

  run(signal: AbortSignal): Promise<void> {
    return this.#feed.run(signal);
  }

  status(): FeedStatus & { last_received_ns: bigint | undefined; refused: number } {
    return { ...this.#feed.status(), last_received_ns: this.#lastReceived_ns, refused: this.#refused };
  }

  lag(now_ns: bigint): ReturnType<Lag['summary']> {
    return this.#lag.summary(now_ns);
  }

  async #take(records: readonly FeedRecord[]): Promise<void> {
    const last = records.at(-1);
    if (!last) return;
    const next = last.offset + 1;
    await this.#write(records, next);
    const now_ns = nsNow();
    for (const { batch } of records) if (batch) this.#lag.add(batch, now_ns);
    this.#lastReceived_ns = last.received_ns;
    this.#options.onNews(
      records.flatMap(({ batch }) => (batch && newsOf(batch)) ?? []),
      next,
    );
  }

  async #write(records: readonly FeedRecord[], next: number): Promise<void> {
    const { store, log } = this.#options;
    if (!store) return;
    const { rejected } = await store.write(writeOf(records), { cursor: next });
    const [first] = rejected;
    if (!first) return;
    this.#refused += rejected.length;
    const until = isoFromNs(records.at(-1)?.received_ns ?? 0n);
    log.error(
      { count: rejected.length, first: first.detail, code: first.code, until },
      'observations not stored',
    );
  }
}
