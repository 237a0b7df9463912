import { type Asset, type Nanoseconds, nsPerHour } from '@benchline/model';
import { contains, everBefore, type Interval } from '../intervals.ts';
import { Gate } from './gate.ts';
import { KeptSpans, type ReadSpan } from './kept-spans.ts';
import {
  endsSlot,
  isSlot,
  monthsIn,
  nextMultiple,
  piecesOf,
  quarterNs,
  quartersOf,
  withMonths,
} from './pieces.ts';

/** Most pieces kept in memory, of all assets together; so few of each at least. */
const keptPieces = 24_000;
const leastPieces = 128;
/** How much time the first read of an asset spans; what it finds decides how much the next one does. */
const firstRead: Nanoseconds = 2n * nsPerHour;
const longestRead: Nanoseconds = 200n * nsPerHour;
const shortestRead: Nanoseconds = nsPerHour / 4n;
/** Observations that one read should come to: more cost memory, fewer cost time, since each read has its price. */
const aimedAt = 300_000;
/** What one read says of the next goes no further. */
const mostLonger = 16;
/** Assets that are read at the same time, so that their observations fit into memory together. */
const mostReads = 4;

/** Something that is known of any window, and of a longer one as what is known of its parts. */
export interface Summary<T> {
  empty: T;
  /** Of two windows, the second of which adjoins the first. */
  merge(first: T, second: T): T;
  /** Reads what all windows within a span need. */
  read(asset: Asset, span: Interval): Promise<ReadSpan<T>>;
}

/** Where pieces outlive the process and the bounds of its memory. */
export interface Shelf<T> {
  recall(asset: string, piece: Interval): T | undefined;
  keep(asset: string, pieces: readonly (Interval & { summary: T })[]): void;
  touched(asset: string, from_ns: Nanoseconds, until_ns?: Nanoseconds): void;
}

/** What is kept of one asset. */
interface Page<T> {
  /** By `from:to`, the least recently used first. */
  pieces: Map<string, Interval & { summary: T }>;
  /** No piece ends later: news after it concern none of them. */
  end: Nanoseconds;
  /** The earliest news since the running computation began. */
  news: Nanoseconds | undefined;
  /** How much time the next read spans at most. */
  reach: Nanoseconds;
  /** Computations of one asset take turns, so that the second finds what the first worked out. */
  turn: Promise<unknown>;
}

/**
 * Summaries of assets over any window, made of kept slots and exact rests. `touched` says that something new is
 * known from an instant on: a state holds and a counter goes on until the next one, so later slots go as well,
 * unless it is said up to when it is new.
 */
export class PieceBook<T> {
  readonly #summary: Summary<T>;
  readonly #shelf: Shelf<T> | undefined;
  readonly #pages = new Map<string, Page<T>>();
  readonly #gate = new Gate(mostReads);
  readonly #beginnings = new KeptSpans<T>();

  constructor(summary: Summary<T>, shelf?: Shelf<T>) {
    this.#summary = summary;
    this.#shelf = shelf;
  }

  /** @throws BenchlineError `store_unavailable`. */
  async of(asset: Asset, window: Interval): Promise<T> {
    if (window.from_ns >= window.to_ns) return this.#summary.empty;
    const page = this.#page(asset.id);
    const result = page.turn.then(() => this.#compute(asset, page, window));
    page.turn = result.catch(() => undefined);
    return await result;
  }

  /**
   * Works out the quarter hours of a window at once, such as those of a day of which every hour will be asked for: each
   * read has its price, and in most hours little is said.
   * @throws BenchlineError `store_unavailable`.
   */
  async prepare(asset: Asset, window: Interval): Promise<void> {
    const page = this.#page(asset.id);
    const done = page.turn.then(async () => {
      const missing = quartersOf(window).filter((quarter) => this.#one(asset, page, quarter) === undefined);
      if (missing.length === 0) return;
      page.news = undefined;
      this.#keep(asset, page, await this.#read(asset, page, missing, window));
    });
    page.turn = done.catch(() => undefined);
    await done;
  }

  touched(asset: string, from_ns: Nanoseconds, until_ns?: Nanoseconds): void {
    this.#shelf?.touched(asset, from_ns, until_ns);
    this.#beginnings.touched(asset, from_ns, until_ns);
    const page = this.#page(asset);
    if (page.news === undefined || from_ns < page.news) page.news = from_ns;
    if (page.end < from_ns) return;
    for (const [key, piece] of page.pieces)
      if (piece.to_ns >= from_ns && (until_ns === undefined || piece.from_ns <= until_ns))
        page.pieces.delete(key);
    if (until_ns === undefined) page.end = from_ns;
  }

  #page(asset: string): Page<T> {
    let page = this.#pages.get(asset);
    if (!page) {
      page = {
        pieces: new Map(),
        end: everBefore,
        news: undefined,
        reach: firstRead,
        turn: Promise.resolve(),
      };
      this.#pages.set(asset, page);
    }
    return page;
  }

  async #compute(asset: Asset, page: Page<T>, window: Interval): Promise<T> {
    const { empty, merge } = this.#summary;
    // The same window is asked for again and again: by scopes above one another, and by people.
    const whole = recall(page, window);
    if (whole !== undefined) return whole;
    page.news = undefined;
    const months = monthsIn(window, asset.time_zone);
    const kept = months.filter((month) => this.#one(asset, page, month) !== undefined);
    const pieces = withMonths(piecesOf(window, asset.time_zone), kept);
    const known = new Map(pieces.map((piece) => [piece, this.#recall(asset, page, piece)]));
    const missing = pieces.filter((piece) => known.get(piece) === undefined);
    const fresh = await this.#read(asset, page, missing, window);
    this.#keep(asset, page, fresh);
    const sumOf = (some: readonly Interval[]) =>
      some.map((piece) => known.get(piece) ?? fresh.get(piece) ?? empty).reduce(merge, empty);
    for (const month of months.filter((one) => !kept.includes(one)))
      this.#keep(asset, page, new Map([[month, sumOf(pieces.filter((piece) => contains(month, piece)))]]));
    const sum = sumOf(pieces);
    if (pieces.length > 1 && isValid(page, window)) this.#put(page, window, sum);
    return sum;
  }

  /** What is kept of a slot; of a day also what its quarter hours add up to, since they were there first. */
  #recall(asset: Asset, page: Page<T>, piece: Interval): T | undefined {
    const known = this.#one(asset, page, piece);
    if (known !== undefined || piece.to_ns - piece.from_ns <= quarterNs) return known;
    let sum: T | undefined;
    for (const quarter of quartersOf(piece)) {
      const part = this.#one(asset, page, quarter);
      if (part === undefined) return undefined;
      sum = sum === undefined ? part : this.#summary.merge(sum, part);
    }
    if (sum !== undefined) this.#keep(asset, page, new Map([[piece, sum]]));
    return sum;
  }

  #one(asset: Asset, page: Page<T>, piece: Interval): T | undefined {
    const near = recall(page, piece);
    if (near !== undefined) return near;
    const far = this.#shelf?.recall(asset.id, piece);
    if (far !== undefined) this.#put(page, piece, far);
    return far;
  }

  #keep(asset: Asset, page: Page<T>, fresh: ReadonlyMap<Interval, T>): void {
    const valid = [...fresh].filter(([piece]) => isValid(page, piece));
    for (const [piece, summary] of valid) this.#put(page, piece, summary);
    if (valid.length > 0)
      this.#shelf?.keep(
        asset.id,
        valid.map(([{ from_ns, to_ns }, summary]) => ({ from_ns, to_ns, summary })),
      );
  }

  #put(page: Page<T>, { from_ns, to_ns }: Interval, summary: T): void {
    page.pieces.set(keyOf({ from_ns, to_ns }), { from_ns, to_ns, summary });
    if (to_ns > page.end) page.end = to_ns;
    const most = Math.max(leastPieces, Math.floor(keptPieces / this.#pages.size));
    for (const key of page.pieces.keys()) {
      if (page.pieces.size <= most) return;
      page.pieces.delete(key);
    }
  }

  async #read(
    asset: Asset,
    page: Page<T>,
    pieces: readonly Interval[],
    window: Interval,
  ): Promise<Map<Interval, T>> {
    const { empty, merge, read } = this.#summary;
    const fresh = new Map<Interval, T>();
    const rest: Part[] = pieces.map((piece) => ({ ...piece, piece }));
    const take = (found: ReadSpan<T>, run: readonly Part[]) => {
      for (const part of run) fresh.set(part.piece, merge(fresh.get(part.piece) ?? empty, found.of(part)));
    };
    while (rest[0]) {
      const known = this.#beginnings.find(asset.id, rest[0]);
      if (known) {
        take(known, [rest.shift()!]);
        continue;
      }
      const run = takeRun(rest, page.reach);
      const span = spanOf(run, window, page.reach);
      const size = await this.#gate.pass(async () => {
        const found = await read(asset, span);
        take(found, run);
        if (!isSlot(run[0]!) && isValid(page, span)) this.#beginnings.keep(asset.id, span, found);
        return found.size;
      });
      page.reach = nextReach(page.reach, span, size);
    }
    return fresh;
  }
}

/**
 * What is read for a run. Of a window that does not begin with a slot the quarter hour in which it begins is read to
 * its end: it begins a little later the next time.
 */
function spanOf(run: readonly Part[], window: Interval, reach: Nanoseconds): Interval {
  const { from_ns } = run[0]!;
  const { to_ns } = run.at(-1)!;
  const quarter = nextMultiple(from_ns, quarterNs);
  const further = from_ns === window.from_ns && !isSlot(run[0]!) && quarter > to_ns;
  return {
    from_ns,
    to_ns: further && quarter <= window.to_ns && quarter - from_ns <= reach ? quarter : to_ns,
  };
}

/** How much time the next read spans at most, by what the last one found. */
function nextReach(reach: Nanoseconds, { from_ns, to_ns }: Interval, size: number): Nanoseconds {
  const span = to_ns - from_ns;
  const times = Math.min(aimedAt / Math.max(size, 1), mostLonger);
  // A short read says nothing of long ones, unless it found too much.
  if (times >= 1 && span <= reach / 2n) return reach;
  const next = (span * BigInt(Math.round(times * 1000))) / 1000n;
  if (next < shortestRead) return shortestRead;
  return next < longestRead ? next : longestRead;
}

/** Whether what was worked out of an interval still holds: no news of it came meanwhile. */
function isValid<T>({ news }: Page<T>, { to_ns }: Interval): boolean {
  return news === undefined || to_ns < news;
}

function recall<T>(page: Page<T>, interval: Interval): T | undefined {
  const key = keyOf(interval);
  const piece = page.pieces.get(key);
  if (!piece) return undefined;
  page.pieces.delete(key);
  page.pieces.set(key, piece);
  return piece.summary;
}

function keyOf({ from_ns, to_ns }: Interval): string {
  return `${from_ns}:${to_ns}`;
}

/** A piece, or what is left of it to be read. */
interface Part extends Interval {
  piece: Interval;
}

/**
 * Takes adjoining parts off the front of a list, together no longer than `reach`; one that is longer is parted. An open
 * rest is a run of its own, so that what it begins with is known when its slot is over.
 */
function takeRun(rest: Part[], reach: Nanoseconds): Part[] {
  const run: Part[] = [];
  const limit = rest[0]!.from_ns + reach;
  const goesOn = (part: Part) => run.at(-1)!.to_ns === part.from_ns && endsSlot(part);
  while (rest[0] && rest[0].to_ns <= limit && (run.length === 0 || goesOn(rest[0]))) run.push(rest.shift()!);
  if (run.length > 0) return run;
  const { piece, from_ns, to_ns } = rest[0]!;
  rest[0] = { piece, from_ns: limit, to_ns };
  return [{ piece, from_ns, to_ns: limit }];
}
