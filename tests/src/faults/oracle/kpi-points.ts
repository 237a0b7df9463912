import { readFileSync } from 'node:fs';
import { indexPlant, isoFromNs, nsFromIso, parsePlant, scopeOf } from '@benchline/model';
import type { Home, KpiResult, MetricsApi } from '@benchline/simulators/box';
import { ask } from './influx.ts';
import type { Stretch } from './tolls.ts';

/** A period whose point in InfluxDB, which boards show, is not what the API answers. */
interface WrongPoint extends Stretch {
  text: string;
}

type Point = Readonly<Record<string, unknown>>;

/**
 * Compares the hours and days of every scope in the `kpi` series with the API: each that has data and is over has a
 * point, and every figure of it is the same.
 * @param window the hours and days that end in it.
 */
export async function wrongPoints(
  api: Pick<MetricsApi, 'series'>,
  { home, influxd, window }: { home: Home; influxd: string; window: Stretch },
): Promise<WrongPoint[]> {
  const wrong: WrongPoint[] = [];
  const { assets } = indexPlant(parsePlant(readFileSync(home.config('plant.yaml'), 'utf8'), 'plant.yaml'));
  const scopes = new Set([...assets.values()].flatMap((asset) => withAbove(scopeOf(asset))));
  for (const scope of scopes)
    for (const grain of ['hour', 'day']) {
      const points = await pointsOf(influxd, scope, grain);
      const results = await api.series(scope, grain, isoFromNs(window.from_ns), isoFromNs(window.to_ns));
      for (const result of results) {
        const period = { from_ns: nsFromIso(result.from), to_ns: nsFromIso(result.to) };
        if (period.to_ns > window.to_ns || !isKnown(result)) continue;
        const differing = differences(result, points.get(period.from_ns));
        if (differing.length > 0)
          wrong.push({ ...period, text: `${scope} ${grain} ${result.from}: ${differing.join(', ')}` });
      }
    }
  return wrong;
}

function isKnown({ coverage, energy }: KpiResult): boolean {
  return [coverage, energy.import_kwh, energy.export_kwh].some((known) => (known ?? 0) > 0);
}

function differences({ figures }: KpiResult, point: Point | undefined): string[] {
  if (!point) return ['no point'];
  return Object.entries(figures).flatMap(([id, { value, status }]) =>
    // Beside the word for why there is none, whatever stands for a value says nothing.
    point[`${id}_status`] === status && (value === undefined || point[id] === value)
      ? []
      : [`${id} is ${String(point[id])} ${String(point[`${id}_status`])}, and ${value} ${status}`],
  );
}

async function pointsOf(influxd: string, scope: string, grain: string): Promise<Map<bigint, Point>> {
  const series = await ask(
    influxd,
    'benchline',
    `SELECT * FROM "kpi" WHERE "scope" = '${scope}' AND "period" = '${grain}'`,
  );
  return new Map(
    series.flatMap(({ columns, values }) =>
      values.map((row) => [
        BigInt(row[0] ?? 0),
        Object.fromEntries(columns.map((column, index) => [column, row[index]])),
      ]),
    ),
  );
}

/** A scope, and all that it lies in. */
function withAbove(path: string): string[] {
  const cut = path.lastIndexOf('/');
  return cut < 0 ? [path] : [path, ...withAbove(path.slice(0, cut))];
}
