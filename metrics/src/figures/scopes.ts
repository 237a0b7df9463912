import {
  type Asset,
  BenchlineError,
  type Calendar,
  indexPlant,
  linesOf,
  type Plant,
  type PlantIndex,
  type Process,
  scopeOf,
} from '@benchline/model';

/** A part of the plant that figures can be asked for. */
export interface Scope {
  /** `enterprise[/site[/area[/line[/machine]]]]` by ids. */
  path: string;
  level: 'enterprise' | 'site' | 'area' | 'line' | 'asset';
  /** What stands or stood there; a machine that has moved within the scope once for each of its stays. */
  lines: readonly { machines: readonly Asset[]; meters: readonly Asset[] }[];
  /** The same, each once. */
  assets: readonly Asset[];
  /** Zone in which its days are cut: UTC where its sites lie in several. */
  time_zone: string;
  /** The shifts of the scope as a whole; absent where its sites do not share one calendar. */
  calendar: Calendar | undefined;
  processes: readonly ScopeProcess[];
}

/** A process that some station of a scope takes part in, and the zone in which its dates begin. */
interface ScopeProcess {
  process: Process;
  time_zone: string;
}

type LineOf = ReturnType<typeof linesOf> extends Generator<infer L> ? L : never;

/** Whether a path is that of a scope, or of something in it. */
export function isWithin(path: string, scope: string): boolean {
  return path === scope || path.startsWith(`${scope}/`);
}

/** Every scope of a plant by its path. */
export function scopesOf(plant: Plant): ReadonlyMap<string, Scope> {
  const index = indexPlant(plant);
  const calendars = new Map(plant.calendars.map((calendar) => [calendar.id, calendar]));
  const scopes = new Map<string, Scope>();
  const lines = [...linesOf(plant)].map((line) => ({ ...line, assets: assetsOf(line, index) }));
  const zones = new Map(lines.map(({ site, line }) => [line.id, site.time_zone]));
  const enterprise = plant.enterprise.id;
  const add = (path: string, level: Scope['level'], within: typeof lines) => {
    const calendar = only(
      within.map(({ site, line }) => (level === 'line' ? (line.calendar ?? site.calendar) : site.calendar)),
    );
    const standing = within.flatMap(({ assets }) => [...assets.machines, ...assets.meters]);
    const stays = Map.groupBy(standing, ({ id }) => id);
    scopes.set(path, {
      path,
      level,
      lines: within.map(({ assets }) => assets),
      assets: [...stays].flatMap(([id, own]) => (own.length === 1 ? own : (index.assets.get(id) ?? []))),
      time_zone: only(within.map(({ site }) => site.time_zone)) ?? 'UTC',
      calendar: calendar === undefined ? undefined : calendars.get(calendar),
      processes: plant.processes
        .filter((process) => process.machines.some((id) => stays.has(id)))
        .map((process) => ({ process, time_zone: zones.get(process.line) ?? 'UTC' })),
    });
  };
  add(enterprise, 'enterprise', lines);
  for (const { site, area, line, assets } of lines) {
    const inSite = lines.filter((l) => l.site === site);
    add(`${enterprise}/${site.id}`, 'site', inSite);
    add(
      `${enterprise}/${site.id}/${area.id}`,
      'area',
      inSite.filter((l) => l.area === area),
    );
    add(
      `${enterprise}/${site.id}/${area.id}/${line.id}`,
      'line',
      inSite.filter((l) => l.line === line),
    );
    for (const stays of Map.groupBy([...assets.machines, ...assets.meters], scopeOf).values())
      scopes.set(...assetScope(stays));
  }
  return scopes;
}

/** @throws BenchlineError `not_found`. */
export function findScope(scopes: ReadonlyMap<string, Scope>, path: string): Scope {
  const scope = scopes.get(path);
  if (scope) return scope;
  throw new BenchlineError('not_found', `the plant has no scope '${path}'`, {
    hint: 'write enterprise[/site[/area[/line[/machine]]]] by the ids of the plant file; /api/v1/plant lists them',
  });
}

/** @param stays of one asset at one place, of which there is one at least. */
function assetScope(stays: readonly Asset[]): [path: string, scope: Scope] {
  const [asset] = stays as readonly [Asset];
  const machine = asset.kind === 'machine';
  const path = scopeOf(asset);
  return [
    path,
    {
      path,
      level: 'asset',
      lines: [{ machines: machine ? stays : [], meters: machine ? [] : stays }],
      assets: [asset],
      time_zone: asset.time_zone,
      calendar: asset.calendar,
      processes: [],
    },
  ];
}

function assetsOf({ line }: LineOf, { standing }: PlantIndex) {
  const assets = standing.get(line.id) ?? [];
  return {
    machines: assets.filter(({ kind }) => kind === 'machine'),
    meters: assets.filter(({ kind }) => kind === 'meter'),
  };
}

/** The one value that all items have; undefined when they differ. */
function only<T>(items: readonly T[]): T | undefined {
  return new Set(items).size === 1 ? items[0] : undefined;
}
