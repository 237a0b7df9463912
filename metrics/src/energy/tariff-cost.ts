import { BenchlineError, type Nanoseconds, nsPerDay, type Tariff } from '@benchline/model';
import type { Figures } from '../figures/figures.ts';
import type { Scope } from '../figures/scopes.ts';
import { type Interval, lengthOf } from '../intervals.ts';
import { amountOf } from './amounts.ts';
import { type BandCost, bandsOf, costsOf } from './tariff.ts';

/** Each change of the band costs an account of every machine. */
const longestWindow_ns: Nanoseconds = 63n * nsPerDay;

/** What a tariff makes of a site's part of a scope. */
export interface TariffCost {
  site: string;
  /** Absent where no tariff is for the site and carrier. */
  tariff: Tariff | undefined;
  bands: readonly BandCost[];
  /** Time for which the tariff has no version yet, and what was used in it. */
  unpriced: Interval[];
  status: 'ok' | 'partial' | 'no_meter' | 'not_observed' | 'no_tariff';
}

/**
 * Energy and cost by band, site by site. What a register rose by counts when it was read: meters that are read on
 * the quarter hour are cut exactly at bands that change on it.
 * @throws BenchlineError `bad_request` for too long a window, `store_unavailable`.
 */
export async function tariffCosts(
  {
    figures,
    scopes,
    tariffs,
  }: { figures: Figures; scopes: ReadonlyMap<string, Scope>; tariffs: readonly Tariff[] },
  { scope, carrier }: { scope: Scope; carrier: string },
  window: Interval,
  now_ns: Nanoseconds,
): Promise<TariffCost[]> {
  if (window.to_ns - window.from_ns > longestWindow_ns)
    throw new BenchlineError('bad_request', 'the window is longer than 63 days', {
      hint: 'ask month by month',
    });
  const costs: TariffCost[] = [];
  for (const part of sitesOf(scope, scopes)) {
    const site = part.assets[0]?.location.site ?? '';
    const tariff = tariffs.find((t) => t.carrier === carrier && (t.sites?.includes(site) ?? true));
    costs.push({ site, ...(await costOf(figures, { scope: part, carrier, tariff }, window, now_ns)) });
  }
  return costs;
}

/** A scope itself, or the sites of an enterprise that has several. */
function sitesOf(scope: Scope, scopes: ReadonlyMap<string, Scope>): Scope[] {
  const sites = [...new Set(scope.assets.map(({ location }) => `${location.enterprise}/${location.site}`))];
  return sites.length < 2 ? [scope] : sites.flatMap((path) => scopes.get(path) ?? []);
}

async function costOf(
  figures: Figures,
  { scope, carrier, tariff }: { scope: Scope; carrier: string; tariff: Tariff | undefined },
  window: Interval,
  now_ns: Nanoseconds,
): Promise<Omit<TariffCost, 'site'>> {
  const to_ns = window.to_ns < now_ns ? window.to_ns : now_ns;
  const reached = { from_ns: window.from_ns, to_ns };
  if (!tariff) return { tariff, bands: [], unpriced: [], status: 'no_tariff' };
  const whole = await amountOf(figures, { scope, carrier }, window, now_ns);
  if (whole.nano === undefined) return { tariff, bands: [], unpriced: [], status: whole.status };
  const stretches = bandsOf(tariff, scope.time_zone, reached);
  const priced: ((typeof stretches)[number] & { amount: bigint })[] = [];
  for (const stretch of stretches) {
    const { nano = 0n } = await amountOf(figures, { scope, carrier }, stretch, now_ns);
    priced.push({ ...stretch, amount: nano });
  }
  const first = stretches[0]?.from_ns ?? reached.to_ns;
  const unpriced = first > reached.from_ns ? [{ from_ns: reached.from_ns, to_ns: first }] : [];
  const status = whole.status === 'partial' || lengthOf(unpriced) > 0n ? 'partial' : 'ok';
  return { tariff, bands: costsOf(priced), unpriced, status };
}
