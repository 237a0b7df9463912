import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { benchline, temporaryFolder } from './kit.ts';

interface Report {
  emitted: number;
  stored: number;
  declared_gaps: number;
  quarantined: number;
  restarts: Record<string, number>;
  machines: Record<
    string,
    {
      oee: number | null;
      coverage: number;
      counts: { items: number };
      energy_kwh_per_good_item: number | null;
    }
  >;
  cnc_ratio: { declared: { value: number } };
}

async function runFor(time: string, folder: string): Promise<Report> {
  const file = join(folder, 'report.json');
  const options = ['--for', time, '--report', file, '--port', '0', '--data', join(folder, 'data')];
  const { status, stdout, stderr } = await benchline(['start', ...options]);
  expect(stderr).toBe('');
  expect(stdout).toContain('Everything is accounted for');
  expect(status).toBe(0);
  return JSON.parse(readFileSync(file, 'utf8')) as Report;
}

// Side by side: the first one mostly waits, and so does the one that sees a part die again and again.
describe.concurrent('benchline start', () => {
  it('accounts for everything, and goes on from what was there when it is started again', async ({
    onTestFinished,
  }) => {
    const folder = temporaryFolder(onTestFinished);
    const first = await runFor('8s', folder);
    expect(first.emitted).toBeGreaterThan(1000);
    expect(first).toMatchObject({ stored: first.emitted, declared_gaps: 0, quarantined: 0 });
    expect(Object.values(first.restarts).every((restarts) => restarts === 0)).toBe(true);
    // Four of the five key processes of the demonstration plant are under control.
    expect(first.cnc_ratio.declared.value).toBe(0.8);

    const second = await runFor('6s', folder);
    expect(second.emitted).toBeGreaterThan(first.emitted);
    expect(second.stored + second.declared_gaps).toBe(second.emitted);
    const { 'lathe-1': before } = first.machines;
    const { 'lathe-1': after } = second.machines;
    expect(after?.counts.items).toBeGreaterThan(before?.counts.items ?? Number.NaN);
    expect(after?.coverage).toBeGreaterThan(before?.coverage ?? Number.NaN);
    expect(after?.oee).toBeGreaterThan(0);
    expect(after?.energy_kwh_per_good_item).toBeGreaterThan(0);
  });

  it('names a busy port and how to choose another', async ({ onTestFinished }) => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const { status, stderr } = await benchline([
      'start',
      '--port',
      String(port),
      '--data',
      temporaryFolder(onTestFinished),
    ]);
    expect(status).toBe(1);
    expect(stderr).toContain(`port ${port}`);
    expect(stderr).toContain(`--port ${port + 1}`);
  });

  it('says what is missing where there is no InfluxDB', async ({ onTestFinished }) => {
    const folder = temporaryFolder(onTestFinished);
    const options = ['--store', 'influx', '--port', '0', '--data', folder];
    const { status, stderr } = await benchline(['start', ...options], { PATH: folder });
    expect(status).toBe(1);
    expect(stderr).toContain('influxd');
    expect(stderr).toContain('apt-get install influxdb');
  });

  it('explains options that it cannot make sense of', async () => {
    const hints = {
      '--for soon': '--for 90s',
      '--report r.json': '--for 60s',
      '--store mongodb': '--store influx',
      '--port http': '1 to 65535',
    };
    const said = Object.entries(hints).map(async ([options, hint]) => {
      const { status, stderr } = await benchline(['start', ...options.split(' ')]);
      expect(status, options).toBe(2);
      expect(stderr).toContain(hint);
    });
    await Promise.all(said);
  });
});
