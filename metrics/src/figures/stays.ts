import type { Asset, Process } from '@benchline/model';
import { nsOf } from '../calendar/periods.ts';
import { always, type Interval, intersect } from '../intervals.ts';
import { isWithin, type Scope } from './scopes.ts';

const stays = new WeakMap<Asset, Interval>();

/** When an asset counts where it stands: from midnight to midnight of its site. */
function stayOf(asset: Asset): Interval {
  if (!asset.stay) return always;
  let stay = stays.get(asset);
  if (!stay) {
    const { from, to } = asset.stay;
    const at = (date: string) => nsOf(asset.time_zone, Date.parse(date));
    stay = {
      from_ns: from === undefined ? always.from_ns : at(from),
      to_ns: to === undefined ? always.to_ns : at(to),
    };
    stays.set(asset, stay);
  }
  return stay;
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

/**
 * The processes that were carried out in a scope over some windows, each with the stations that were there then. One
 * whose stations have moved was carried out where they stood.
 */
export function processesOver(scope: Scope, parts: readonly Interval[]): Process[] {
  const there = new Set(
    scope.lines.flatMap(({ machines }) => machines.filter((m) => isThere(m, parts))).map(({ id }) => id),
  );
  return scope.processes.flatMap((process) => {
    const machines = process.machines.filter((id) => there.has(id));
    if (machines.length === process.machines.length) return [process];
    return machines.length === 0 ? [] : [{ ...process, machines }];
  });
}
