import type { Asset, KpiId, Nanoseconds, PlantIndex } from '@benchline/model';
import { type Account, emptyAccount, mergeAccounts } from '../accounts/account.ts';
import { accountant } from '../accounts/account-of.ts';
import type { Interval } from '../intervals.ts';
import { type CncRatios, cncRatios } from '../kpis/cnc-ratio.ts';
import type { Figure } from '../kpis/figure.ts';
import { type CncKpiId, figuresOf } from '../kpis/figures.ts';
import { type Quantities, quantitiesOf } from '../kpis/quantities.ts';
import { reportsOf, type ScopeAccount, scopeAccount } from '../kpis/scope-account.ts';
import { CarryMemo } from './carry-memo.ts';
import { gather, type Reads } from './gather.ts';
import { Horizon } from './horizon.ts';
import { isProvisional } from './periods.ts';
import { PieceBook } from './piece-book.ts';
import type { Scope } from './scopes.ts';
import { type StateStretch, stateSummary } from './state-list.ts';

/** The figures of a scope over a window, with the sums that they were computed from. */
export interface ScopeFigures extends Interval {
  scope: Scope;
  account: Account;
  quantities: Quantities;
  figures: Record<KpiId, Figure>;
  provisional: boolean;
  revision: number;
}

export interface FiguresOptions {
  plant: PlantIndex;
  store: Reads;
  /** How long after a window's end data for it are waited for. */
  lateness_ns: Nanoseconds;
}

/**
 * Figures of any scope and window. Time is an argument: `now_ns` says how far an open window reaches; windows in
 * the past do not depend on it.
 */
export class Figures {
  readonly #options: FiguresOptions;
  readonly #carry: CarryMemo;
  readonly #accounts: PieceBook<Account>;
  readonly #states: PieceBook<readonly StateStretch[]>;
  readonly #horizon = new Horizon();
  #computed = 0;

  constructor(options: FiguresOptions) {
    this.#options = options;
    const { store, plant } = options;
    const carry = new CarryMemo(store);
    this.#carry = carry;
    this.#states = new PieceBook(stateSummary(store));
    this.#accounts = new PieceBook({
      empty: emptyAccount,
      merge: mergeAccounts,
      async read(asset, span) {
        const { facts, size } = await carry.across(asset, span.from_ns, span.to_ns, (carried) =>
          gather(store, plant, asset, span, carried),
        );
        return { of: accountant(facts), size };
      },
    });
  }

  /** How many times figures of a scope and window were asked for and computed. */
  get computed(): number {
    return this.#computed;
  }

  /** Says that the store holds something new of (from, to] from a source that has been watched up to `to`. */
  touched(news: { machine: string; source: string } & Interval): void {
    for (const kept of [this.#carry, this.#accounts, this.#states]) kept.touched(news.machine, news.from_ns);
    this.#horizon.claimed(news.machine, news.source, news.to_ns);
  }

  /**
   * Where a window ends for an asset now. One that is over is taken as it is: what nobody claimed of it is
   * unobserved. One that is open reaches as far as can be known.
   */
  endFor(asset: Asset, window: Interval, now_ns: Nanoseconds): Nanoseconds {
    return window.to_ns <= now_ns ? window.to_ns : this.#horizon.of(asset.id, now_ns);
  }

  /** @throws BenchlineError `store_unavailable`. */
  async of(scope: Scope, window: Interval, now_ns: Nanoseconds): Promise<ScopeFigures> {
    const [sums, cnc] = await Promise.all([
      this.#scopeAccount(scope, window, now_ns),
      this.cncRatios(scope, window, now_ns),
    ]);
    const runTime = (product: string) =>
      this.#options.plant.products.get(product)?.planned_run_time_per_item_s ?? 0;
    this.#computed += 1;
    const provisional = isProvisional(window.to_ns, now_ns, this.#options.lateness_ns);
    return {
      ...window,
      scope,
      account: sums.account,
      quantities: quantitiesOf(sums.account, runTime),
      figures: { ...figuresOf(sums, runTime), ...cncFigures(cnc) },
      provisional,
      revision: provisional ? 0 : 1,
    };
  }

  /**
   * The states of a machine over a window as far as it reaches now.
   * @throws BenchlineError `store_unavailable`.
   */
  async statesOf(
    asset: Asset,
    window: Interval,
    now_ns: Nanoseconds,
  ): Promise<Interval & { states: readonly StateStretch[] }> {
    const end = this.endFor(asset, window, now_ns);
    const known = { from_ns: window.from_ns, to_ns: end > window.from_ns ? end : window.from_ns };
    return { ...known, states: await this.#states.of(asset, known) };
  }

  /** The ratios of the key processes of a scope; undefined for a single machine, which is no process. */
  async cncRatios(scope: Scope, window: Interval, now_ns: Nanoseconds): Promise<CncRatios | undefined> {
    if (scope.level === 'asset') return undefined;
    const { assets } = this.#options.plant;
    const ids = new Set(scope.processes.filter((p) => p.key).flatMap((p) => p.machines));
    const stations = new Map<string, { asset: Asset; account: Account }>();
    await Promise.all(
      [...ids].map(async (id) => {
        const asset = assets.get(id);
        if (asset) stations.set(id, { asset, account: await this.#account(asset, window, now_ns) });
      }),
    );
    return cncRatios(scope.processes, (id) => stations.get(id));
  }

  async #scopeAccount(scope: Scope, window: Interval, now_ns: Nanoseconds): Promise<ScopeAccount> {
    const account = async (asset: Asset) => ({
      account: await this.#account(asset, window, now_ns),
      reports: reportsOf(asset),
    });
    const lines = scope.lines.map(async ({ machines, meters }) => ({
      machines: await Promise.all(machines.map(account)),
      meters: await Promise.all(meters.map(account)),
    }));
    return scopeAccount(await Promise.all(lines));
  }

  #account(asset: Asset, window: Interval, now_ns: Nanoseconds): Promise<Account> {
    const to_ns = this.endFor(asset, window, now_ns);
    return this.#accounts.of(asset, { from_ns: window.from_ns, to_ns });
  }
}

function cncFigures(cnc: CncRatios | undefined): Record<CncKpiId, Figure> {
  const none: Figure = { status: 'not_applicable' };
  return {
    cnc_ratio_declared: cnc?.declared ?? none,
    cnc_ratio_connected: cnc?.connected ?? none,
    cnc_ratio_active: cnc?.active ?? none,
  };
}
