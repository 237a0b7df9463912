import type { Asset } from '@benchline/model';
import { nsOf } from '../calendar/periods.ts';
import { always, type Interval, intersect } from '../intervals.ts';
import { isWithin, type Scope } from './scopes.ts';

const stays = new WeakMap<Asset, Interval>();

/** When an asset counts where it stands: from midnight to midnight of its site. */
function stayOf(asset: Asset): Interval {
  if (!asset.stay) return always;
  let stay = stays.get(asset);
  if (!stay) {
    const { from: since, to: until } = asset.stay;
    stay = spanOf({ since, until }, asset.time_zone);
    stays.set(asset, stay);
  }
  return stay;
}

/** From the midnight that something holds from to the one that it no longer does. */
export function spanOf(
  { since, until }: { since?: string | undefined; until?: string | undefined },
  time_zone: string,
): Interval {
  const at = (date: string) => nsOf(time_zone, Date.parse(date));
  return {
    from_ns: since === undefined ? always.from_ns : at(since),
    to_ns: until === undefined ? always.to_ns : at(until),
  };
}

/** The parts of windows over which an asset counts where it stands. */
export function partsOf(asset: Asset, parts: readonly Interval[]): readonly Interval[] {
  return asset.stay ? intersect(parts, [stayOf(asset)]) : parts;
}

/** Whether an asset counts anywhere in some windows. */
export function isThere(asset: Asset, parts: readonly Interval[]): boolean {
  return partsOf(asset, parts).length > 0;
}

/** What an entry may name of a scope: its machines and meters, itself, and the scopes within it. */
export function subjectsIn({ path, assets, lines }: Scope): string[] {
  const standing = lines.flatMap(({ machines, meters }) => [...machines, ...meters]);
  const above = standing.flatMap(({ location: { enterprise, site, area, line } }) => [
    enterprise,
    `${enterprise}/${site}`,
    `${enterprise}/${site}/${area}`,
    `${enterprise}/${site}/${area}/${line}`,
  ]);
  const within = above.filter((each) => isWithin(each, path));
  return [...new Set([...assets.map(({ id }) => id), ...within])];
}
