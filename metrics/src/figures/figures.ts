import type { Asset, CncBasis, Entry, FactorSetId, KpiId, Nanoseconds, PlantIndex } from '@benchline/model';
import type { TelemetryStore } from '@benchline/store';
import type { Account } from '../accounts/account.ts';
import type { EnergyEra } from '../energy/comprehensive.ts';
import { EnergyRules } from '../energy/rules.ts';
import { declaredInputsOf } from '../entries/declared.ts';
import { EntryBook, endsIn } from '../entries/entry-book.ts';
import type { Interval } from '../intervals.ts';
import type { ChainStep } from '../kpis/chain-figures.ts';
import { type CncRatios, cncFigures, cncRatios } from '../kpis/cnc-ratio.ts';
import { declaredFigures } from '../kpis/declared-figures.ts';
import type { Figure } from '../kpis/figure.ts';
import { figuresOf } from '../kpis/figures.ts';
import { type ChainAccounts, declaredMaintenance, planFigures } from '../kpis/plan-figures.ts';
import { type Quantities, quantitiesOf } from '../kpis/quantities.ts';
import { type AssetAccount, reportsOf, type ScopeAccount, scopeAccount } from '../kpis/scope-account.ts';
import { sumsOf } from '../kpis/sums.ts';
import { type Published, type Standing, standingOf } from '../revisions/standing.ts';
import { AccountBook } from './account-book.ts';
import type { Reads } from './history.ts';
import { isProvisional } from './periods.ts';
import type { Shelf } from './piece-book.ts';
import { chainsOver, type HeldChain, processesOver } from './process-eras.ts';
import { ProductPlans } from './product-plans.ts';
import type { Scope } from './scopes.ts';
import { Stations } from './stations.ts';
import { isThere, subjectsIn } from './stays.ts';

/** The figures of a scope over a window, with the sums that they were computed from. */
export interface ScopeFigures extends Interval, Standing {
  scope: Scope;
  account: Account;
  quantities: Quantities;
  figures: Record<KpiId, Figure>;
  /** What the figures were computed from, by the names that the catalogue gives it. */
  sums: ReadonlyMap<string, number>;
}

/** A process over the part of a window in which it was carried out. */
interface HeldStep extends ChainStep {
  /** Entries of inspections in that time that hold. */
  inspections: readonly Entry[];
}

/** The processes and chains of a scope over a window. */
interface ScopeSteps {
  steps: readonly HeldStep[];
  chains: readonly (HeldChain & ChainAccounts)[];
}

export interface FiguresOptions {
  plant: PlantIndex;
  store: Reads & Pick<TelemetryStore, 'entries'>;
  /** How long after a window's end data for it are waited for. */
  lateness_ns: Nanoseconds;
  /** What is published; without it a window that is over counts as published once. */
  published?: Published;
  /** Where accounts outlive the process; in memory only without it. */
  shelf?: Shelf<Account> | undefined;
}

/**
 * Figures of any scope and window. Time is an argument: `now_ns` says how far an open window reaches; windows in
 * the past do not depend on it.
 */
export class Figures {
  readonly #options: FiguresOptions;
  /** Of the machines and meters, each for itself. */
  readonly accounts: AccountBook;
  readonly #entries: EntryBook;
  readonly #energy: EnergyRules;
  readonly #plans: ProductPlans;
  #computed = 0;

  constructor(options: FiguresOptions) {
    this.#options = options;
    const { store, plant, shelf } = options;
    this.#energy = new EnergyRules(plant);
    this.#plans = new ProductPlans(plant);
    this.#entries = new EntryBook(store);
    this.accounts = new AccountBook({ store, plant, entries: this.#entries, plans: this.#plans, shelf });
  }

  /** How many times figures of a scope and window were asked for and computed. */
  get computed(): number {
    return this.#computed;
  }

  /** Says that the store holds something new, see `AccountBook.touched`. */
  touched(news: Parameters<AccountBook['touched']>[0]): void {
    this.accounts.touched(news);
  }

  /** Says that the store holds a new entry about an asset, see `AccountBook.entered`. */
  entered(news: Parameters<AccountBook['entered']>[0]): void {
    this.#entries.touched(news.machine);
    this.accounts.entered(news);
  }

  /** Says that the store holds a new entry about a scope. */
  stated(scope: string): void {
    this.#entries.touched(scope);
  }

  /** Everything that was ever stated about an asset or a scope, by start. @throws BenchlineError `store_unavailable`. */
  statedOf(subject: string): Promise<readonly Entry[]> {
    return this.#entries.all(subject);
  }

  /** The entries about some subjects in a window, see `EntryBook.within`. @throws BenchlineError `store_unavailable`. */
  entriesIn(subjects: readonly string[], window: Interval): Promise<Entry[]> {
    return this.#entries.within(subjects, window);
  }

  /** @throws BenchlineError `store_unavailable`. */
  of(scope: Scope, window: Interval, now_ns: Nanoseconds): Promise<ScopeFigures> {
    return this.ofParts(scope, [window], now_ns);
  }

  /**
   * The figures over several windows as one, such as all early shifts of a month: ratios of sums, never means.
   * The windows are in order and do not overlap; the result says where the first begins and the last ends.
   * @throws BenchlineError `store_unavailable`.
   */
  async ofParts(
    scope: Scope,
    parts: readonly [Interval, ...Interval[]],
    now_ns: Nanoseconds,
  ): Promise<ScopeFigures> {
    const window = { from_ns: parts[0].from_ns, to_ns: (parts.at(-1) ?? parts[0]).to_ns };
    const stations = this.#stations(scope, now_ns);
    const [sums, inspections, cnc, entries] = await Promise.all([
      this.#scopeAccount(scope, parts, now_ns),
      this.#inspections(scope),
      cncRatiosOf(scope, parts, stations, 'process_count'),
      this.#entries.of(scope.level === 'asset' ? (scope.assets[0]?.id ?? scope.path) : scope.path),
    ]);
    const energy = await this.energyEras(scope, parts, { sums, now_ns });
    const { runTime, plannedScrap } = this.#plans;
    const quantities = quantitiesOf(sums.account, runTime);
    const declared = declaredInputsOf(entries, parts);
    const chains = await this.#chains(scope, parts, { stations, inspections });
    const chain_stations = await stations.together(chains);
    this.#computed += 1;
    const figures = {
      ...figuresOf(sums, runTime, energy),
      ...planFigures({ scope: sums, q: quantities, plannedScrap, declared, chains, chain_stations }),
      ...declaredMaintenance(declared, quantities),
      ...declaredFigures(declared),
      ...cncFigures(cnc),
    };
    const open = isProvisional(window.to_ns, now_ns, this.#options.lateness_ns);
    return {
      ...window,
      scope,
      account: sums.account,
      quantities,
      sums: sumsOf({ scope: sums, reports: sums.reports, q: quantities }),
      figures,
      ...this.#standing(scope, parts, { figures, open }),
    };
  }

  #standing(
    scope: Scope,
    parts: Parts,
    { figures, open }: { figures: ScopeFigures['figures']; open: boolean },
  ): Standing {
    const { published } = this.#options;
    if (!published) return { provisional: open, revision: open ? 0 : 1 };
    const [window] = parts;
    if (window === undefined || parts.length > 1) return { provisional: open, revision: null };
    return standingOf(published, scope, window, { figures, open });
  }

  /** The ratios of the key processes of a scope; undefined for a single machine, which is no process. */
  async cncRatios(
    scope: Scope,
    window: Interval,
    now_ns: Nanoseconds,
    basis: CncBasis,
  ): Promise<CncRatios | undefined> {
    return await cncRatiosOf(scope, [window], this.#stations(scope, now_ns), basis);
  }

  /**
   * The processes of a scope over a window, and its chains: each over the part of it in which it held.
   * @throws BenchlineError `store_unavailable`.
   */
  async yields(scope: Scope, window: Interval, now_ns: Nanoseconds): Promise<ScopeSteps> {
    const stations = this.#stations(scope, now_ns);
    const inspections = await this.#inspections(scope);
    const steps = processesOver(scope, [window]).map(async ({ process, parts }): Promise<HeldStep> => {
      const own = await stations.of(process.machines, parts);
      return { process, stations: own, inspections: endingIn(inspections, parts) };
    });
    return {
      steps: await Promise.all(steps),
      chains: await this.#chains(scope, [window], { stations, inspections }),
    };
  }

  async #chains(
    scope: Scope,
    windows: Parts,
    { stations, inspections }: { stations: Stations; inspections: readonly Entry[] },
  ): Promise<(HeldChain & ChainAccounts)[]> {
    const held = chainsOver(this.#options.plant.plant.chains, scope, windows);
    return await Promise.all(
      held.map(async (chain) => {
        const { processes, parts } = chain;
        const own = processes.map(async (process): Promise<ChainStep> => {
          return { process, stations: await stations.of(process.machines, parts) };
        });
        const steps = await Promise.all(own);
        const first = steps[0]?.stations ?? [];
        return { ...chain, first, steps, inspections: endingIn(inspections, parts) };
      }),
    );
  }

  #stations(scope: Scope, now_ns: Nanoseconds): Stations {
    return new Stations(scope, (asset, parts) => this.#assetAccount(asset, parts, now_ns));
  }

  /** What people entered of inspections in a scope. */
  async #inspections(scope: Scope): Promise<readonly Entry[]> {
    if (scope.processes.length === 0) return [];
    const entries = await Promise.all(subjectsIn(scope).map((subject) => this.#entries.inspections(subject)));
    return entries.flat();
  }

  /** The sums of a scope without any figures. @throws BenchlineError `store_unavailable`. */
  sums(scope: Scope, window: Interval, now_ns: Nanoseconds): Promise<ScopeAccount> {
    return this.#scopeAccount(scope, [window], now_ns);
  }

  /**
   * What a scope used over some windows, cut where factors change.
   * @param of the sums of the scope over all of them, and the factor set if it is not the plant's.
   * @throws BenchlineError `store_unavailable`.
   */
  async energyEras(
    scope: Scope,
    windows: Parts,
    { sums, now_ns, factor_set }: { sums: ScopeAccount; now_ns: Nanoseconds; factor_set?: FactorSetId },
  ): Promise<EnergyEra[]> {
    const eras = this.#energy.erasOf(scope, windows, sums.account.energy, factor_set);
    if (eras.length === 1)
      return eras.map(({ conversions }) => ({ energy: sums.account.energy, conversions }));
    return await Promise.all(
      eras.map(async ({ windows: own, conversions }) => {
        const { account } = await this.#scopeAccount(scope, own, now_ns);
        return { energy: account.energy, conversions };
      }),
    );
  }

  /** The accounts of the machines and meters of a scope, each for itself. @throws BenchlineError `store_unavailable`. */
  async assetAccounts(
    assets: readonly Asset[],
    window: Interval,
    now_ns: Nanoseconds,
  ): Promise<{ asset: Asset; account: Account }[]> {
    return await Promise.all(
      assets.map(async (asset) => ({ asset, account: await this.accounts.of(asset, [window], now_ns) })),
    );
  }

  async #scopeAccount(scope: Scope, parts: Parts, now_ns: Nanoseconds): Promise<ScopeAccount> {
    const place = this.#energy.placesIn(scope);
    const account = async (asset: Asset) => ({
      ...(await this.#assetAccount(asset, parts, now_ns)),
      ...place(asset),
    });
    const lines = scope.lines.map(async ({ machines, meters }) => ({
      machines: await Promise.all(machines.filter((m) => isThere(m, parts)).map(account)),
      meters: await Promise.all(meters.map(account)),
    }));
    return scopeAccount(await Promise.all(lines));
  }

  async #assetAccount(asset: Asset, parts: Parts, now_ns: Nanoseconds): Promise<AssetAccount> {
    return { account: await this.accounts.of(asset, parts, now_ns), reports: reportsOf(asset) };
  }
}

type Parts = readonly Interval[];

async function cncRatiosOf(
  scope: Scope,
  windows: Parts,
  stations: Stations,
  basis: CncBasis,
): Promise<CncRatios | undefined> {
  if (scope.level === 'asset') return undefined;
  const held = processesOver(scope, windows);
  const own = await Promise.all(held.map(({ process, parts }) => stations.of(process.machines, parts)));
  const byProcess = new Map(held.map(({ process }, i) => [process.id, own[i] ?? []]));
  return cncRatios(
    held.map(({ process }) => process),
    (id, process) => byProcess.get(process)?.find(({ asset }) => asset.id === id),
    basis,
  );
}

function endingIn(inspections: readonly Entry[], windows: Parts): Entry[] {
  return inspections.filter((inspection) => windows.some((window) => endsIn(inspection, window)));
}
