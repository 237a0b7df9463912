import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchlineError, describeError, type Log } from '@benchline/model';
import { Intake } from './intake.ts';
import { type FeedPosition, Trail } from './position.ts';
import { type FeedRecord, recordFromLine } from './records.ts';

/** Where ingest is, and how to get in. */
export interface FeedAccess {
  /** Base address. */
  url: string;
  /** Value of the Authorization header, where ingest wants one. */
  authorization: string | undefined;
}

export interface FeedOptions extends FeedAccess {
  /** Where to begin. */
  from: FeedPosition;
  /** Under this name ingest keeps for this reader what it has not read. */
  reader: string;
  /** Only what ingest has projected into InfluxDB. */
  projected: boolean;
  log: Log;
  /**
   * Takes in records in order; `position` is the one behind them. When it rejects, the feed is read again from the
   * first of them.
   */
  take(records: readonly FeedRecord[], position: FeedPosition): Promise<void>;
}

export interface FeedStatus {
  connected: boolean;
  /** Offset of the next record wanted. */
  next: number;
  reconnects: number;
  /** Records have come that are not taken in yet. */
  pending: boolean;
  /** What is taken in is all, or nearly all, that the feed has. */
  caught_up: boolean;
  /** Why the feed is not being read, while it is not. */
  complaint: string | undefined;
}

/** Ingest writes at least an empty line a second; a feed that is silent for longer is dead. */
const silence_ms = 5000;
const firstPause_ms = 100;
const longestPause_ms = 5000;
/** A reader that takes in records so soon after the ledger keeps up with it. */
const keepingUp_ms = 30_000;

/** Follows ingest's feed for ever, through disconnections, without losing or skipping a record. */
export class Feed {
  readonly #options: FeedOptions;
  readonly #trail: Trail;
  /** Of the store that ingest fills: another one once that has lost some of what was shown. */
  #life: string | undefined;
  #connected = false;
  #reconnects = 0;
  #complaint: string | undefined;
  /** What the log said last; forgotten once something is taken in, or there is nothing left to take in. */
  #logged: string | undefined;
  /** One above the highest offset that has come. */
  #heard: number;
  /** Where the ledger ended when it was asked; a store may hold less for a while. */
  #end = 0;
  /** Whether the last thing that came says that there is no more. */
  #atEnd = false;
  /** When the ledger took in the last record taken in here, Unix milliseconds. */
  #received_ms = 0;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#trail = new Trail(options.from);
    this.#heard = options.from.next;
  }

  status(): FeedStatus {
    return {
      connected: this.#connected,
      next: this.#next,
      reconnects: this.#reconnects,
      pending: this.#next < this.#heard,
      caught_up: this.#caughtUp(),
      complaint: this.#connected ? undefined : this.#complaint,
    };
  }

  get #next(): number {
    return this.#trail.newest.next;
  }

  #caughtUp(): boolean {
    if (this.#next < this.#end) return false;
    if (this.#atEnd && this.#next >= this.#heard) return true;
    return Math.abs(Date.now() - this.#received_ms) < keepingUp_ms;
  }

  /** Resolves once `signal` aborts; a write in progress is finished before. */
  async run(signal: AbortSignal): Promise<void> {
    let pause = firstPause_ms;
    while (!signal.aborted) {
      const before = this.#next;
      try {
        await this.#read(signal);
      } catch (error) {
        if (!signal.aborted) this.#explain(error);
      }
      this.#connected = false;
      if (signal.aborted) return;
      this.#reconnects += 1;
      pause = this.#next !== before ? firstPause_ms : Math.min(pause * 2, longestPause_ms);
      // Full jitter: several readers of an ingest that comes back do not all ask at once.
      await sleep(Math.random() * pause, undefined, { signal }).catch(() => undefined);
    }
  }

  #explain(error: unknown): void {
    const { log, url } = this.#options;
    const reason = reasonOf(error);
    this.#complaint = reason;
    if (error instanceof ReadElsewhere) {
      // Another ledger, this one restored from an older copy or with its end lost, or one whose beginning was
      // deleted. It is taken in again: writing twice changes nothing, and nothing of it is missed.
      const read = this.#next;
      this.#trail.retreat(error.ledger);
      this.#life = undefined;
      log.error(
        { url, read, from: this.#next, reason },
        'the ledger holds something else than was read; reading it again',
      );
    } else if (reason !== this.#logged)
      log.warn({ url, next: this.#next, reason }, 'no feed; trying again until there is');
    this.#logged = reason;
  }

  async #read(signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    let listening = true;
    const watchdog = setTimeout(() => {
      if (listening) over.abort(silent());
      else watchdog.refresh();
    }, silence_ms);
    const until = AbortSignal.any([signal, over.signal]);
    const intake = new Intake((records) => this.#take(records));
    try {
      const { authorization } = this.#options;
      const headers = authorization === undefined ? {} : { authorization };
      const response = await fetch(this.#address(), { headers, signal: until });
      if (!response.ok || !response.body) throw await refusal(response, this.#life);
      this.#life = response.headers.get('benchline-life') ?? undefined;
      this.#end = Number(response.headers.get('benchline-next') ?? 0);
      this.#connected = true;
      this.#heard = this.#next;
      this.#atEnd = false;
      const text = response.body.pipeThrough(new TextDecoderStream());
      let rest = '';
      for await (const chunk of text) {
        // While a slow store is waited for, ingest cannot be heard.
        listening = false;
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        const records = lines.flatMap((line) => (line === '' ? [] : recordFromLine(line)));
        this.#heard = Math.max(this.#heard, (records.at(-1)?.offset ?? -1) + 1);
        this.#atEnd = lines.at(-1) === '';
        await intake.add(records);
        if (this.#atEnd && this.#next >= this.#heard) this.#logged = undefined;
        listening = true;
        watchdog.refresh();
      }
      throw new BenchlineError('source_unavailable', 'ingest ended the feed', { retryable: true });
    } finally {
      clearTimeout(watchdog);
      over.abort();
      await intake.settled();
    }
  }

  #address(): URL {
    const address = new URL('/feed', this.#options.url);
    address.searchParams.set('from', String(this.#next));
    const { line } = this.#trail.newest;
    if (line !== undefined) address.searchParams.set('after', line);
    if (this.#options.projected) address.searchParams.set('until', 'projected');
    if (this.#life !== undefined) address.searchParams.set('life', this.#life);
    address.searchParams.set('reader', this.#options.reader);
    return address;
  }

  async #take(records: readonly FeedRecord[]): Promise<void> {
    const wanted = records.filter(({ offset }) => offset >= this.#next);
    const last = wanted.at(-1);
    if (!last) return;
    if (wanted[0]?.offset !== this.#next)
      throw new BenchlineError(
        'batch_malformed',
        `the feed skips from ${this.#next} to ${wanted[0]?.offset}`,
      );
    const position = { next: last.offset + 1, line: createHash('sha256').update(last.line).digest('hex') };
    await this.#options.take(wanted, position);
    this.#trail.add(position);
    this.#logged = undefined;
    this.#received_ms = Number(last.received_ns / 1_000_000n);
  }
}

/** `fetch` says only that it failed; its cause says why. */
function reasonOf(error: unknown): string {
  const cause = error instanceof TypeError ? error.cause : undefined;
  return describeError(cause ?? error);
}

/** What was read is not, or no longer, in the ledger. */
class ReadElsewhere extends Error {
  /** The offsets at which it begins and ends. */
  readonly ledger: { floor: number; end: number };

  constructor(reason: string, ledger: { floor: number; end: number }) {
    super(reason);
    this.ledger = ledger;
  }
}

/** `life`: of the store that was read, where one was. */
async function refusal(response: Response, life: string | undefined): Promise<Error> {
  const text = await response.text();
  const offset = (name: string) => Number(response.headers.get(name) ?? 0);
  const floor = offset('benchline-floor');
  // Nobody knows what of it was read after it was gone.
  const anew = life !== undefined && response.headers.get('benchline-life') !== life;
  if (response.status === 409 || response.status === 410)
    return new ReadElsewhere(text, { floor, end: anew ? floor : offset('benchline-next') });
  const refused = response.status === 401 || response.status === 403;
  return new BenchlineError('source_unavailable', `ingest answered ${response.status}: ${text}`, {
    retryable: true,
    ...(refused && {
      hint: "set feed_token_file to a token whose principal has 'read' on '' in the credentials file of ingest",
    }),
  });
}

function silent(): BenchlineError {
  return new BenchlineError('source_unavailable', `ingest said nothing for ${silence_ms / 1000} s`, {
    retryable: true,
  });
}
