import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InfluxConfig } from '../src/influx/config.ts';
import { Credentials } from '../src/influx/credentials.ts';
import { findInfluxd, type LocalInflux, startInfluxd } from '../src/influx/local-server.ts';
import { LineWriter } from '../src/influx/writer.ts';

/** Why tests against a real server cannot run here. */
export const influxMissing = findInfluxd() ? undefined : 'influxd is not installed: apt-get install influxdb';

/** A folder that is gone when its scope ends. */
export async function temporaryFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'benchline-store-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** A server of the test's own on a temporary directory; `stop` removes both. */
export async function temporaryInflux(): Promise<LocalInflux> {
  const folder = await temporaryFolder();
  const server = await startInfluxd({ dataDir: folder.path });
  return {
    ...server,
    stop: async () => {
      await server.stop();
      await folder[Symbol.asyncDispose]();
    },
  };
}

export async function lineWriter(config: InfluxConfig): Promise<LineWriter> {
  return new LineWriter(config, await Credentials.read(config));
}
