import type { Asset, KpiId, Nanoseconds, PlantIndex } from '@benchline/model';
import type { TelemetryStore } from '@benchline/store';
import type { Account } from '../accounts/account.ts';
import type { Interval } from '../intervals.ts';
import { type CncRatios, cncRatios } from '../kpis/cnc-ratio.ts';
import { type CncKpiId, type Figure, figuresOf } from '../kpis/figures.ts';
import { type Quantities, quantitiesOf } from '../kpis/quantities.ts';
import { reportsOf, type ScopeAccount, scopeAccount } from '../kpis/scope-account.ts';
import { AccountBook } from './account-book.ts';
import { gatherFacts } from './gather.ts';
import { Horizon } from './horizon.ts';
import { isProvisional } from './periods.ts';
import type { Scope } from './scopes.ts';

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
  store: Pick<TelemetryStore, 'observations' | 'latest' | 'observed'>;
  /** How long after a window's end data for it are waited for. */
  lateness_ns: Nanoseconds;
}

/**
 * Figures of any scope and window. Time is an argument: `now_ns` says how far an open window reaches; windows in
 * the past do not depend on it.
 */
export class Figures {
  readonly #options: FiguresOptions;
  readonly #book: AccountBook;
  readonly #horizon = new Horizon();

  constructor(options: FiguresOptions) {
    this.#options = options;
    const { store, plant } = options;
    this.#book = new AccountBook((asset, window) => gatherFacts(store, plant, asset, window));
  }

  /** Says that the store holds something new of (from, to] from a source that has been watched up to `to`. */
  touched(news: { machine: string; source: string } & Interval): void {
    this.#book.touched(news.machine, news.from_ns);
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
    return this.#book.account(asset, { from_ns: window.from_ns, to_ns });
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
