import type { Asset, Nanoseconds, PlantIndex } from '@benchline/model';
import { type Account, asTold, emptyAccount, mergeAccounts } from '../accounts/account.ts';
import { accountant } from '../accounts/account-of.ts';
import { microStopNs, microStopReach } from '../accounts/micro-stops.ts';
import { daysOverlapping } from '../calendar/periods.ts';
import { withEntries } from '../entries/effect.ts';
import type { EntryBook } from '../entries/entry-book.ts';
import { reachOf, relevantEntries } from '../entries/stretches.ts';
import type { Interval } from '../intervals.ts';
import { CarryMemo } from './carry-memo.ts';
import { gather } from './gather.ts';
import type { Reads } from './history.ts';
import { Horizon } from './horizon.ts';
import { PieceBook, type Shelf, type Summary } from './piece-book.ts';
import { quarterNs } from './pieces.ts';
import type { ProductPlans } from './product-plans.ts';
import { type StateStretch, stateSummary } from './state-list.ts';
import { partsOf } from './stays.ts';
import { type SaidUntil, takenOverAt } from './takeover.ts';

export interface AccountBookOptions {
  plant: PlantIndex;
  store: Reads;
  entries: EntryBook;
  plans: ProductPlans;
  /** Where accounts outlive the process; in memory only without it. */
  shelf: Shelf<Account> | undefined;
}

/** The accounts and states of single machines and meters over any time, kept until something new is known of it. */
export class AccountBook {
  readonly #options: AccountBookOptions;
  readonly #carry: CarryMemo;
  readonly #accounts: PieceBook<Account>;
  readonly #states: PieceBook<readonly StateStretch[]>;
  readonly #horizon = new Horizon();

  constructor(options: AccountBookOptions) {
    this.#options = options;
    const { store, plant, entries, shelf } = options;
    this.#carry = new CarryMemo(store, microStopReach(microStopNs(plant)));
    this.#states = new PieceBook(stateSummary(store, entries));
    this.#accounts = new PieceBook(accountSummary(options, this.#carry), shelf);
  }

  /** Says that the store holds something new of (from, to] from a source that has been watched up to `to`. */
  touched(news: { machine: string; source: string } & Interval): void {
    for (const kept of [this.#carry, this.#accounts, this.#states]) kept.touched(news.machine, news.from_ns);
    this.#horizon.claimed(news.machine, news.source, news.to_ns);
  }

  /** Says that the store holds a new entry about an asset, by which the time [from, to] changes and no other. */
  entered({ machine, from_ns, to_ns }: { machine: string } & Interval): void {
    for (const kept of [this.#accounts, this.#states]) kept.touched(machine, from_ns, to_ns);
  }

  /**
   * Until when late data of an asset may change figures, see `takenOverAt`.
   * @param newest_ns up to where the asset has been heard of.
   * @throws BenchlineError `store_unavailable`.
   */
  async takenOverAt(machine: string, said: SaidUntil, newest_ns: Nanoseconds): Promise<Nanoseconds> {
    const { plant, store } = this.#options;
    const asset = plant.assets.get(machine);
    if (!asset) return said.at_ns;
    return await takenOverAt(store, asset, said, { newest_ns, micro_stop_ns: microStopNs(plant) });
  }

  /**
   * Where a window ends for an asset now. One that is over is taken as it is: what nobody claimed of it is
   * unobserved. One that is open reaches as far as can be known.
   */
  #endFor(asset: Asset, window: Interval, now_ns: Nanoseconds): Nanoseconds {
    return window.to_ns <= now_ns ? window.to_ns : this.#horizon.of(asset.id, now_ns);
  }

  /**
   * Reads the days that a window lies in at once, as far as they are over: for those who will ask for many more
   * windows of them.
   * @throws BenchlineError `store_unavailable`.
   */
  async prepare(assets: readonly Asset[], window: Interval, now_ns: Nanoseconds): Promise<void> {
    const over_ns = now_ns - (now_ns % quarterNs);
    const days = assets.flatMap((asset) =>
      daysOverlapping(asset.time_zone, window).map((day) => ({ asset, day })),
    );
    await Promise.all(
      days.map(({ asset, day: { from_ns, to_ns } }) =>
        this.#accounts.prepare(asset, { from_ns, to_ns: to_ns < over_ns ? to_ns : over_ns }),
      ),
    );
  }

  /** The account of an asset over several windows as one. @throws BenchlineError `store_unavailable`. */
  async of(asset: Asset, parts: readonly Interval[], now_ns: Nanoseconds): Promise<Account> {
    const { plans } = this.#options;
    const known = parts.map((part) => ({ ...part, to_ns: this.#endFor(asset, part, now_ns) }));
    const accounts = plans
      .erasOf(asset, partsOf(asset, known))
      .map(async (era) => plans.byVersion(await this.#accounts.of(asset, era), era));
    return asTold((await Promise.all(accounts)).reduce(mergeAccounts, emptyAccount));
  }

  /** The states of a machine over a window as far as it reaches now. @throws BenchlineError `store_unavailable`. */
  async statesOf(
    asset: Asset,
    window: Interval,
    now_ns: Nanoseconds,
  ): Promise<Interval & { states: readonly StateStretch[] }> {
    const end = this.#endFor(asset, window, now_ns);
    const known = { from_ns: window.from_ns, to_ns: end > window.from_ns ? end : window.from_ns };
    return { ...known, states: await this.#states.of(asset, known) };
  }
}

function accountSummary(
  { store, plant, entries }: Pick<AccountBookOptions, 'store' | 'plant' | 'entries'>,
  carry: CarryMemo,
): Summary<Account> {
  return {
    empty: emptyAccount,
    merge: mergeAccounts,
    async read(asset, span) {
      const { facts, size } = await carry.across(asset, span.from_ns, span.to_ns, (carried) =>
        gather(store, plant, asset, span, carried),
      );
      const holding = await entries.of(asset.id);
      const relevant = relevantEntries(holding, reachOf(facts, span, holding));
      return { of: accountant(withEntries(facts, relevant, asset, plant)), size };
    },
  };
}
