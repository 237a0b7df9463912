import type { Asset, Nanoseconds } from '@benchline/model';
import { type Account, emptyAccount, mergeAccounts } from '../accounts/account.ts';
import { accountant } from '../accounts/account-of.ts';
import type { Facts } from '../accounts/facts.ts';
import type { Interval } from '../intervals.ts';
import { piecesOf } from './pieces.ts';

/** Most pieces kept of one asset: a month of quarter hours, or years of days. */
const keptPieces = 4000;
/** Facts of at most this much time are read at once: it bounds the memory that a cold window takes. */
const longestRead: Nanoseconds = 2n * 3_600_000_000_000n;

/** What is kept of one asset. */
interface Page {
  /** By `from:to`, the least recently used first. */
  pieces: Map<string, Piece>;
  /** No piece ends later: news after it concern none of them. */
  end: Nanoseconds;
  /** The earliest news since the running computation began. */
  news: Nanoseconds | undefined;
  /** Computations of one asset take turns, so that the second finds what the first worked out. */
  turn: Promise<unknown>;
}

interface Piece {
  to_ns: Nanoseconds;
  account: Account;
}

/**
 * Accounts of assets over any window, made of kept slots and exact rests. `touched` says that something new is
 * known from an instant on: a state holds and a counter goes on until the next one, so later slots go as well.
 */
export class AccountBook {
  readonly #facts: (asset: Asset, window: Interval) => Promise<Facts>;
  readonly #pages = new Map<string, Page>();

  constructor(facts: (asset: Asset, window: Interval) => Promise<Facts>) {
    this.#facts = facts;
  }

  /** @throws BenchlineError `store_unavailable`. */
  async account(asset: Asset, window: Interval): Promise<Account> {
    if (window.from_ns >= window.to_ns) return emptyAccount;
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

  #page(asset: string): Page {
    let page = this.#pages.get(asset);
    if (!page) {
      page = { pieces: new Map(), end: -(2n ** 63n), news: undefined, turn: Promise.resolve() };
      this.#pages.set(asset, page);
    }
    return page;
  }

  async #compute(asset: Asset, page: Page, window: Interval): Promise<Account> {
    page.news = undefined;
    const missing: Interval[] = [];
    let sum = emptyAccount;
    for (const piece of piecesOf(window)) {
      const known = recall(page, piece);
      if (known) sum = mergeAccounts(sum, known);
      else missing.push(piece);
    }
    const fresh = new Map<Interval, Account>();
    for (const run of runsOf(missing)) {
      const span = { from_ns: run[0]!.from_ns, to_ns: run.at(-1)!.to_ns };
      const account = accountant(await this.#facts(asset, span));
      for (const part of run)
        fresh.set(part.piece, mergeAccounts(fresh.get(part.piece) ?? emptyAccount, account(part)));
    }
    for (const [piece, account] of fresh) {
      sum = mergeAccounts(sum, account);
      if (page.news === undefined || piece.to_ns < page.news) keep(page, piece, account);
    }
    return sum;
  }
}

function recall(page: Page, interval: Interval): Account | undefined {
  const key = keyOf(interval);
  const piece = page.pieces.get(key);
  if (!piece) return undefined;
  page.pieces.delete(key);
  page.pieces.set(key, piece);
  return piece.account;
}

function keep(page: Page, interval: Interval, account: Account): void {
  page.pieces.set(keyOf(interval), { to_ns: interval.to_ns, account });
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
