import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findInfluxd, type LocalInflux, startInfluxd } from '../src/influx/local-server.ts';
import { influxMissing, temporaryFolder } from './influx-fixture.ts';

const isUp = async (server: LocalInflux) => {
  const response = await fetch(`${server.url}/ping`).catch(() => undefined);
  return response?.status === 204;
};

describe('an influxd of our own', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => folder[Symbol.asyncDispose]());

  it('says what to install where there is none', async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = folder.path;
    try {
      expect(findInfluxd()).toBeUndefined();
      await expect(startInfluxd({ dataDir: folder.path })).rejects.toMatchObject({
        code: 'missing_program',
        hint: expect.stringContaining('apt-get install influxdb'),
      });
    } finally {
      process.env['PATH'] = path;
    }
  });

  it('runs side by side with another, keeps its data, and is gone when stopped', async ({ skip }) => {
    skip(influxMissing !== undefined, influxMissing);
    const one = await startInfluxd({ dataDir: join(folder.path, 'one') });
    const two = await startInfluxd({ dataDir: join(folder.path, 'two') });
    expect(one.url).not.toBe(two.url);
    expect([await isUp(one), await isUp(two)]).toEqual([true, true]);
    await one.stop();
    expect([await isUp(one), await isUp(two)]).toEqual([false, true]);
    expect(await one.exited).toEqual({ code: 0, signal: null });
    await two.stop();
  });

  it('names a port that is taken', async ({ skip }) => {
    skip(influxMissing !== undefined, influxMissing);
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(startInfluxd({ dataDir: folder.path, port })).rejects.toMatchObject({
      code: 'port_busy',
      message: expect.stringContaining(String(port)),
    });
    other.close();
  });

  it('ends one that a killed process left on the same data before it starts', async ({ skip }) => {
    skip(influxMissing !== undefined, influxMissing);
    const source = new URL('../src/influx/local-server.ts', import.meta.url).pathname;
    const program = `
      import { startInfluxd } from ${JSON.stringify(source)};
      await startInfluxd({ dataDir: ${JSON.stringify(folder.path)} });
      process.kill(process.pid, 'SIGKILL');`;
    expect(() => execFileSync(process.execPath, ['--input-type=module', '-e', program])).toThrow(
      'Command failed',
    );
    const left = JSON.parse(await readFile(join(folder.path, 'influxd.json'), 'utf8')) as { pid: number };
    expect(process.kill(left.pid, 0)).toBe(true);
    const server = await startInfluxd({ dataDir: folder.path });
    expect(() => process.kill(left.pid, 0)).toThrow('ESRCH');
    expect(await isUp(server)).toBe(true);
    await server.stop();
  });
});
