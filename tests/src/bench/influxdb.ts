import { join } from 'node:path';
import { BenchlineError, loadPlant } from '@benchline/model';
import { demoPlantFile } from '@benchline/simulators';
import { placementOf } from '@benchline/store';
import { InfluxConfig, openInfluxStore } from '@benchline/store/influx';
import { findInfluxd, type LocalInflux, startInfluxd } from '@benchline/store/influxd';
import { BareInflux, fullLines, type LineShape, leastLines } from './bare-influx.ts';
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
import { pieces, recordedObservations, takeForStore } from './recorded.ts';
import { absent, compared } from './row.ts';

const pointsPerWrite = 5000;

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
      return rowsOf(await measure(setting, server));
    } finally {
      await server.stop();
    }
  },
};

type Measured = Awaited<ReturnType<typeof measure>>;

async function measure(setting: Setting, server: LocalInflux) {
  const points = setting.quick ? 30_000 : 100_000;
  const recorded = recordedObservations();
  const bare = new BareInflux(server);
  const config = InfluxConfig.parse({ version: 1, url: server.url, database: 'ours' });
  const store = await openInfluxStore({ config, placement: placementOf(loadPlant(demoPlantFile).index) });
  await store.prepare();
  await bare.create('full');
  await bare.create('least');
  const prebuilt = async (database: string, shape: LineShape) => {
    const lines = takeForStore(recorded, points).map(shape.line);
    const bodies = pieces(lines, pointsPerWrite).map((part) => part.join('\n'));
    return await withServer(server, points, async () => {
      for (const body of bodies) await bare.post(database, body);
    });
  };
  let written = 0;
  const measured = await inTurns({
    turns: setting.quick ? 3 : 7,
    warm_up: true,
    most_s: setting.quick ? 6 : 25,
    signal: setting.signal,
    thing: async () => {
      const writes = pieces(takeForStore(recorded, points), pointsPerWrite);
      written += points;
      return await withServer(server, points, async () => {
        for (const observations of writes) await store.write({ observations, observed: [], gaps: [] });
      });
    },
    limit: async () => ({
      full: await prebuilt('full', fullLines),
      least: await prebuilt('least', leastLines),
    }),
  });
  await store.close();
  await assertStored(bare, 'ours', fullLines.field, written);
  await assertStored(bare, 'full', fullLines.field, written);
  await assertStored(bare, 'least', leastLines.field, written);
  return measured;
}

function rowsOf({ things, limits }: Measured) {
  const full = limits.map((limit) => limit.full);
  const least = limits.map((limit) => limit.least);
  const perServerCpu = (turn: InfluxTurn) => perCpuSecond({ values: turn.values, cpu_s: turn.server_cpu_s });
  return [
    compared(
      { name: 'influxdb write', unit: 'points/s', goal: 0.8 },
      things.map(perSecond),
      full.map(perSecond),
    ),
    compared(
      { name: 'influxdb write, CPU of influxd', unit: 'points/CPU-s' },
      things.map(perServerCpu),
      full.map(perServerCpu),
    ),
    compared(
      { name: 'influxdb write, CPU of the writer', unit: 'points/CPU-s' },
      things.map(perCpuSecond),
      full.map(perCpuSecond),
    ),
    // What the tags and fields of a point cost the server, whoever writes them.
    compared(
      { name: 'influxdb, full lines beside least lines', unit: 'points/s' },
      full.map(perSecond),
      least.map(perSecond),
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

/** A rate at which points are lost would be none. */
async function assertStored(
  bare: BareInflux,
  database: string,
  field: string,
  expected: number,
): Promise<void> {
  const stored = await bare.count(database, field);
  if (stored !== expected)
    throw new BenchlineError(
      'store_rejected',
      `${stored} of ${expected} points are in the database ${database}`,
    );
}
