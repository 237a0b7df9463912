import { join } from 'node:path';
import { BenchlineError, loadPlant, type MachineObservation } from '@benchline/model';
import { demoPlantFile } from '@benchline/simulators';
import { InfluxConfig, openInfluxStore, placementOf } from '@benchline/store';
import { findInfluxd, type LocalInflux, startInfluxd } from '@benchline/store/influxd';
import type { Bench, Setting } from './bench.ts';
import {
  cpuOf,
  inTurns,
  otherProcessesHidden,
  perCpuSecond,
  perSecond,
  type Turn,
  timed,
} from './measure.ts';
import { origin, pieces, recordedObservations, takeForStore } from './recorded.ts';
import { absent, compared } from './row.ts';

const pointsPerWrite = 5000;
const databases = { ours: 'ours', bare: 'bare' } as const;
const plant = loadPlant(demoPlantFile).index;

interface InfluxTurn extends Turn {
  server_cpu_s: number;
}

/** The store's adapter beside the same points as prebuilt lines, each into a database of one real server. */
export const influxdb: Bench = {
  summary: 'points into a real InfluxDB 1.x, beside prebuilt lines posted by fetch',
  async run(setting: Setting) {
    const missing = findInfluxd()
      ? otherProcessesHidden
      : 'influxd is not installed: apt-get install influxdb';
    if (missing) return [absent('influxdb write', 'points/s', missing)];
    const server = await startInfluxd({ dataDir: join(setting.folder, 'influxd') });
    try {
      return await measure(setting, server);
    } finally {
      await server.stop();
    }
  },
};

async function measure(setting: Setting, server: LocalInflux) {
  const points = setting.quick ? 50_000 : 200_000;
  const recorded = recordedObservations();
  const config = InfluxConfig.parse({ version: 1, url: server.url, database: databases.ours });
  const store = await openInfluxStore({ config, placement: placementOf(plant) });
  await store.prepare();
  await query(server, `CREATE DATABASE ${databases.bare}`);
  let written = 0;
  const { things, limits } = await inTurns({
    turns: setting.quick ? 3 : 5,
    warm_up: true,
    signal: setting.signal,
    thing: async () => {
      const writes = pieces(takeForStore(recorded, points), pointsPerWrite);
      written += points;
      return await withServer(server, points, async () => {
        for (const observations of writes) await store.write({ observations, observed: [], gaps: [] });
      });
    },
    limit: async () => {
      const lines = takeForStore(recorded, points).map(lineOf);
      const bodies = pieces(lines, pointsPerWrite).map((part) => part.join('\n'));
      return await withServer(server, points, async () => {
        for (const body of bodies) await post(server, body);
      });
    },
  });
  await store.close();
  for (const database of Object.values(databases)) await assertStored(server, database, written);
  const perServerCpu = (turn: InfluxTurn) => perCpuSecond({ values: turn.values, cpu_s: turn.server_cpu_s });
  return [
    compared(
      { name: 'influxdb write', unit: 'points/s', goal: 0.8 },
      things.map(perSecond),
      limits.map(perSecond),
    ),
    compared(
      { name: 'influxdb write, CPU of influxd', unit: 'points/CPU-s' },
      things.map(perServerCpu),
      limits.map(perServerCpu),
    ),
    compared(
      { name: 'influxdb write, CPU of the writer', unit: 'points/CPU-s' },
      things.map(perCpuSecond),
      limits.map(perCpuSecond),
    ),
  ];
}

async function withServer(
  server: LocalInflux,
  points: number,
  work: () => Promise<void>,
): Promise<InfluxTurn> {
  const before = cpuOf(server.pid);
  const turn = await timed(points, work);
  return { ...turn, server_cpu_s: cpuOf(server.pid) - before };
}

/** The same tags and fields as the adapter's, so that the server has the same to do. */
function lineOf(o: MachineObservation): string {
  const location = plant.assets.get(origin.machine)?.location;
  const { enterprise, site, area, line } = location ?? {};
  const place = `area=${area},enterprise=${enterprise},line=${line},machine=${o.machine},site=${site}`;
  const tags = `gateway=${o.gateway},${place},signal=${o.signal},source=${o.source}`;
  const text = typeof o.value === 'string';
  const value = text ? `text="${o.value}",kind="text"` : `number=${o.value},kind="number"`;
  const fields = `${value},status=0i,ordinal=0i,gateway_time_ns=${o.gateway_time_ns}i,mapping="${o.mapping}"`;
  return `${text ? 'state' : 'signal'},${tags} ${fields} ${o.source_time_ns}`;
}

async function post(server: LocalInflux, body: string): Promise<void> {
  const response = await fetch(`${server.url}/write?db=${databases.bare}&precision=ns`, {
    method: 'POST',
    body,
  });
  await expectOk(response);
}

async function query(server: LocalInflux, q: string): Promise<unknown> {
  const response = await fetch(`${server.url}/query`, { method: 'POST', body: new URLSearchParams({ q }) });
  return await (await expectOk(response)).json();
}

async function expectOk(response: Response): Promise<Response> {
  if (response.ok) return response;
  throw new BenchlineError(
    'store_unavailable',
    `influxd answered ${response.status}: ${await response.text()}`,
  );
}

/** A rate at which points are lost would be none. */
async function assertStored(server: LocalInflux, database: string, expected: number): Promise<void> {
  const answer = (await query(server, `SELECT count("kind") FROM "${database}"../.*/`)) as {
    results: { series?: { values: [time: unknown, count: number][] }[] }[];
  };
  const counts = answer.results[0]?.series?.map((series) => series.values[0]?.[1] ?? 0) ?? [];
  const stored = counts.reduce((sum, count) => sum + count, 0);
  if (stored !== expected)
    throw new BenchlineError(
      'store_rejected',
      `${stored} of ${expected} points are in the database ${database}`,
    );
}
