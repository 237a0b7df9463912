import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findInfluxd, type LocalInflux, startInfluxd } from '../src/influx/local-server.ts';

/** Why tests against a real server cannot run here. */
export const influxMissing = findInfluxd() ? undefined : 'influxd is not installed: apt-get install influxdb';

/** A server of the test's own in a temporary directory; `stop` removes both. */
export async function temporaryInflux(): Promise<LocalInflux> {
  const dataDir = await mkdtemp(join(tmpdir(), 'benchline-influx-'));
  const server = await startInfluxd({ dataDir });
  return {
    ...server,
    stop: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
