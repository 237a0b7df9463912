import { type Asset, secondsOf, signalsOf } from '@benchline/model';
import { type Account, emptyAccount, mergeAccounts } from '../accounts/account.ts';
import { isUnjudged, tallyRule } from '../accounts/tally.ts';
import { unitsOf } from './quantities.ts';

/** Which kinds of figures an asset's signals can give, whatever has been received of them. */
export interface Reports {
  states: boolean;
  items: boolean;
  good: boolean;
  judged: boolean;
  rework: boolean;
  carriers: ReadonlySet<string>;
  /** Equipment production capacity (EPC), where the plant file states it. */
  capacity_items_per_h?: number | undefined;
}

export function reportsOf(asset: Asset): Reports {
  const tally = tallyRule(signalsOf(asset, 'count').map(([, signal]) => signal.role));
  return {
    states: asset.kind === 'machine' && signalsOf(asset, 'state').length > 0,
    items: tally.items,
    good: tally.good,
    judged: tally.judged,
    rework: tally.rework,
    carriers: new Set(signalsOf(asset, 'energy').map(([, signal]) => signal.carrier)),
    ...('capacity_items_per_h' in asset.definition && {
      capacity_items_per_h: asset.definition.capacity_items_per_h,
    }),
  };
}

export interface AssetAccount {
  account: Account;
  reports: Reports;
  /** Carriers of it that do not count here: a feeder measures them, or it feeds what lies outside the scope. */
  elsewhere?: ReadonlySet<string>;
  /** Carriers for which the plant file says what is behind it, so that it is not taken to measure all of its line. */
  feeder_of?: ReadonlySet<string>;
}

/** The accounts of the machines and meters of one line. */
export interface LineAccounts {
  machines: readonly AssetAccount[];
  meters: readonly AssetAccount[];
}

/** The sums of a scope, and what of it some asset should have reported but did not. */
export interface ScopeAccount extends AssetAccount {
  counts_missing: boolean;
  /** Whether some asset told its good items, be there any or not. */
  good_told: boolean;
  /** Of machines with a stated capacity: what they could have made in their PBT, and what they made. */
  capacity: { items: number; made_items: number } | undefined;
  /** Carriers of which some register was not read. */
  energy_missing: ReadonlySet<string>;
}

/**
 * Rolls assets up into a line, a site, an enterprise: sums of numerators and denominators, never averages of
 * ratios. A line's own meters measure all of it, so registers of its machines are not added to theirs; what a
 * feeder of the scope measures already is not added to it either.
 */
export function scopeAccount(lines: readonly LineAccounts[]): ScopeAccount {
  const assets = lines.flatMap(({ machines, meters }) => {
    const metered = new Set(
      meters.flatMap(({ reports, feeder_of }) => [...reports.carriers].filter((c) => !feeder_of?.has(c))),
    );
    return [...machines.map((machine) => withoutEnergy(machine, metered)), ...meters].map((asset) =>
      withoutSpeed(withoutEnergy(asset, asset.elsewhere ?? new Set())),
    );
  });
  return {
    account: assets.map((a) => a.account).reduce(mergeAccounts, emptyAccount),
    reports: {
      states: assets.some((a) => a.reports.states),
      items: assets.some((a) => a.reports.items),
      good: assets.some((a) => a.reports.good),
      judged: assets.some((a) => a.reports.judged),
      rework: assets.some((a) => a.reports.rework),
      carriers: new Set(assets.flatMap((a) => [...a.reports.carriers])),
    },
    capacity: capacityOf(assets),
    counts_missing: assets.some(
      (a) => (a.reports.items && !a.account.counts) || (a.reports.good && !tellsGood(a)),
    ),
    good_told: assets.some((a) => a.reports.good && tellsGood(a)),
    energy_missing: new Set(
      assets.flatMap((a) => [...a.reports.carriers].filter((carrier) => !a.account.energy.has(carrier))),
    ),
  };
}

function capacityOf(assets: readonly AssetAccount[]): ScopeAccount['capacity'] {
  const stated = assets.flatMap(({ account, reports }) => {
    const { capacity_items_per_h: per_h } = reports;
    if (per_h === undefined || !reports.items) return [];
    const pbt_s = secondsOf(account.planned_ns - account.elements.pmt);
    return [{ items: (per_h * pbt_s) / 3600, made_items: unitsOf(account.counts?.items ?? 0n) }];
  });
  if (stated.length === 0) return undefined;
  const sum = (of: (s: (typeof stated)[number]) => number) => stated.reduce((all, s) => all + of(s), 0);
  return { items: sum((s) => s.items), made_items: sum((s) => s.made_items) };
}

function tellsGood({ account: { counts } }: AssetAccount): boolean {
  return counts !== undefined && !isUnjudged(counts);
}

/** Time of a machine of which nobody knows what it made is no time in which it made nothing. */
function withoutSpeed(asset: AssetAccount): AssetAccount {
  const { account } = asset;
  if (account.counts && !isUnjudged(account.attributed)) return asset;
  return { ...asset, account: { ...account, products: new Map() } };
}

/** What states used stays: it is told of machines alone, and never added to what meters say. */
function withoutEnergy(asset: AssetAccount, metered: ReadonlySet<string>): AssetAccount {
  const { account, reports } = asset;
  const carriers = new Set([...reports.carriers].filter((carrier) => !metered.has(carrier)));
  if (carriers.size === reports.carriers.size) return asset;
  return {
    ...asset,
    account: {
      ...account,
      energy: new Map([...account.energy].filter(([carrier]) => carriers.has(carrier))),
      energy_from_later: account.energy_from_later.filter((carrier) => carriers.has(carrier)),
    },
    reports: { ...reports, carriers },
  };
}
