import type { Asset, Nanoseconds } from '@benchline/model';
import type { Interval } from '../intervals.ts';
import { piecesOf } from './pieces.ts';

/** Most pieces kept of one asset: a month of quarter hours, or years of days. */
const keptPieces = 4000;
/** Facts of at most this much time are read at once: it bounds the memory that a cold window takes. */
const longestRead: Nanoseconds = 2n * 3_600_000_000_000n;

/** Something that is known of any window, and of a longer one as what is known of its parts. */
export interface Summary<T> {
  empty: T;
  /** Of two windows, the second of which adjoins the first. */
  merge(first: T, second: T): T;
  /** Reads what all windows within a span need. */
  read(asset: Asset, span: Interval): Promise<(window: Interval) => T>;
}

/** What is kept of one asset. */
interface Page<T> {
  /** By `from:to`, the least recently used first. */
  pieces: Map<string, { to_ns: Nanoseconds; summary: T }>;
  /** No piece ends later: news after it concern none of them. */
  end: Nanoseconds;
  /** The earliest news since the running computation began. */
  news: Nanoseconds | undefined;
  /** Computations of one asset take turns, so that the second finds what the first worked out. */
  turn: Promise<unknown>;
}

/**
 * Summaries of assets over any window, made of kept slots and exact rests. `touched` says that something new is
 * known from an instant on: a state holds and a counter goes on until the next one, so later slots go as well.
 */
export class PieceBook<T> {
  readonly #summary: Summary<T>;
  readonly #pages = new Map<string, Page<T>>();

  constructor(summary: Summary<T>) {
    this.#summary = summary;
  }

  /** @throws BenchlineError `store_unavailable`. */
  async of(asset: Asset, window: Interval): Promise<T> {
    if (window.from_ns >= window.to_ns) return this.#summary.empty;
    const page = this.#page(asset.id);
    const result = page.turn.then(() => this.#compute(asset, page, window));
    page.turn = result.catch(() => undefined);
    return await result;
  }

  touched(asset: string, from_ns: Nanoseconds): void {
    const page = this.#page(asset);
    if (page.news === undefined || from_ns < page.news) page.news = from_ns;
    if (page.end < from_ns) return;
    for (const [key, piece] of page.pieces) if (piece.to_ns >= from_ns) page.pieces.delete(key);
    page.end = from_ns;
  }

  #page(asset: string): Page<T> {
    let page = this.#pages.get(asset);
    if (!page) {
      page = { pieces: new Map(), end: -(2n ** 63n), news: undefined, turn: Promise.resolve() };
      this.#pages.set(asset, page);
    }
    return page;
  }

  async #compute(asset: Asset, page: Page<T>, window: Interval): Promise<T> {
    const { empty, merge } = this.#summary;
    page.news = undefined;
    const pieces = piecesOf(window);
    const known = new Map(pieces.map((piece) => [piece, recall(page, piece)]));
    const fresh = await this.#read(
      asset,
      pieces.filter((piece) => known.get(piece) === undefined),
    );
    for (const [piece, summary] of fresh)
      if (page.news === undefined || piece.to_ns < page.news) keep(page, piece, summary);
    return pieces.map((piece) => known.get(piece) ?? fresh.get(piece) ?? empty).reduce(merge, empty);
  }

  async #read(asset: Asset, pieces: readonly Interval[]): Promise<Map<Interval, T>> {
    const { empty, merge, read } = this.#summary;
    const fresh = new Map<Interval, T>();
    for (const run of runsOf(pieces)) {
      const of = await read(asset, { from_ns: run[0]!.from_ns, to_ns: run.at(-1)!.to_ns });
      for (const part of run) fresh.set(part.piece, merge(fresh.get(part.piece) ?? empty, of(part)));
    }
    return fresh;
  }
}

function recall<T>(page: Page<T>, interval: Interval): T | undefined {
  const key = keyOf(interval);
  const piece = page.pieces.get(key);
  if (!piece) return undefined;
  page.pieces.delete(key);
  page.pieces.set(key, piece);
  return piece.summary;
}

function keep<T>(page: Page<T>, interval: Interval, summary: T): void {
  page.pieces.set(keyOf(interval), { to_ns: interval.to_ns, summary });
  if (interval.to_ns > page.end) page.end = interval.to_ns;
  for (const key of page.pieces.keys()) {
    if (page.pieces.size <= keptPieces) return;
    page.pieces.delete(key);
  }
}

function keyOf({ from_ns, to_ns }: Interval): string {
  return `${from_ns}:${to_ns}`;
}

/** A part of a piece that is short enough to be read at once. */
interface Part extends Interval {
  piece: Interval;
}

/** Adjoining parts of the pieces, in runs that are read at once. */
function runsOf(pieces: readonly Interval[]): Part[][] {
  const runs: Part[][] = [];
  for (const piece of pieces)
    for (let at = piece.from_ns; at < piece.to_ns; at += longestRead) {
      const end = at + longestRead;
      const part = { piece, from_ns: at, to_ns: end < piece.to_ns ? end : piece.to_ns };
      const run = runs.at(-1);
      const fits = run?.at(-1)?.to_ns === part.from_ns && part.to_ns - run[0]!.from_ns <= longestRead;
      if (run && fits) run.push(part);
      else runs.push([part]);
    }
  return runs;
}
