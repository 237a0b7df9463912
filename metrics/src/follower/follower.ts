import { type Entry, isoFromNs, type Log, nsNow } from '@benchline/model';
import type { EmbeddedStore } from '@benchline/store/embedded';
import { Feed, type FeedAccess, type FeedStatus } from './feed.ts';
import { Lag } from './lag.ts';
import type { FeedPosition } from './position.ts';
import { type FeedRecord, type News, newsOf, writeOf } from './records.ts';

export interface FollowerOptions {
  feed: FeedAccess;
  /** Name under which ingest knows this reader. */
  reader: string;
  /** Where to begin. */
  from: FeedPosition;
  /** Where records are written to; absent where ingest itself has written them into InfluxDB. */
  store?: Pick<EmbeddedStore, 'write'>;
  log: Log;
  /** Called for each batch once it can be queried, which is now. */
  onQueryable(batch: NonNullable<FeedRecord['batch']>, now_ns: bigint): void;
  /** Called with entries that can be queried, before the news that came with them. @throws what it wants tried again. */
  onEntries(entries: readonly Entry[], position: FeedPosition): Promise<void>;
  /** Called once the records can be queried. */
  onNews(news: readonly News[], position: FeedPosition): void;
  /** Called with the same records after that. */
  onRecords(records: readonly FeedRecord[], position: FeedPosition): void;
}

/** Keeps the metrics service up with the ledger: writes what comes, if that is its task, and says what is new. */
export class Follower {
  readonly #options: FollowerOptions;
  readonly #feed: Feed;
  readonly #lag = new Lag();
  #lastReceived_ns: bigint | undefined;
  #refused = 0;
  #records = 0;

  constructor(options: FollowerOptions) {
    this.#options = options;
    const { feed, reader, from, log, store } = options;
    const take = (records: readonly FeedRecord[], position: FeedPosition) => this.#take(records, position);
    this.#feed = new Feed({ ...feed, reader, from, log, projected: store === undefined, take });
  }

  run(signal: AbortSignal): Promise<void> {
    return this.#feed.run(signal);
  }

  status(): FeedStatus & { last_received_ns: bigint | undefined; refused: number; records: number } {
    return {
      ...this.#feed.status(),
      last_received_ns: this.#lastReceived_ns,
      refused: this.#refused,
      records: this.#records,
    };
  }

  lag(now_ns: bigint): ReturnType<Lag['summary']> {
    return this.#lag.summary(now_ns);
  }

  async #take(records: readonly FeedRecord[], position: FeedPosition): Promise<void> {
    await this.#write(records, position);
    const entries = records.flatMap(({ entry }) => entry ?? []);
    if (entries.length > 0) await this.#options.onEntries(entries, position);
    const now_ns = nsNow();
    for (const { batch } of records) {
      if (!batch) continue;
      this.#lag.add(batch, now_ns);
      this.#options.onQueryable(batch, now_ns);
    }
    this.#records += records.length;
    // What stands for a damaged record has no time of its own.
    this.#lastReceived_ns = records.findLast((r) => r.received_ns > 0n)?.received_ns ?? this.#lastReceived_ns;
    this.#options.onNews(
      records.flatMap(({ batch }) => (batch && newsOf(batch)) ?? []),
      position,
    );
    this.#options.onRecords(records, position);
  }

  async #write(records: readonly FeedRecord[], { next, line }: FeedPosition): Promise<void> {
    const { store, log } = this.#options;
    if (!store) return;
    const { rejected } = await store.write(writeOf(records), { cursor: next, cursor_line: line });
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
