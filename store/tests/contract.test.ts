import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { openEmbeddedStore } from '../src/embedded/index.ts';
import { InfluxConfig, openInfluxStore } from '../src/influx/index.ts';
import type { LocalInflux } from '../src/influx/local-server.ts';
import { openMemoryStore } from '../src/memory/index.ts';
import { type StoreMaker, storeContract } from './contract.ts';
import { influxMissing, temporaryInflux } from './influx-fixture.ts';
import { placement } from './samples.ts';

let folder: string;
let server: LocalInflux | undefined;
let count = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'benchline-store-'));
  if (influxMissing === undefined) server = await temporaryInflux();
});
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

const embedded: StoreMaker = {
  name: 'embedded',
  open: () => openEmbeddedStore({ file: join(folder, `${++count}.duckdb`), placement }),
};
/** Compacts after every few rows, so that each promise is also kept across compactions. */
const compacting: StoreMaker = {
  name: 'embedded, compacting all the time',
  open: () => openEmbeddedStore({ file: join(folder, `${++count}.duckdb`), placement, compact_rows: 3 }),
};
const influx: StoreMaker = {
  name: 'InfluxDB',
  missing: influxMissing,
  open: () =>
    openInfluxStore({
      config: InfluxConfig.parse({ version: 1, url: server?.url, database: `contract-${++count}` }),
      placement,
    }),
};
const memory: StoreMaker = { name: 'memory', open: async () => openMemoryStore({ placement }) };

for (const maker of [embedded, compacting, influx, memory]) storeContract(maker);
