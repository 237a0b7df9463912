import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { InfluxConfig, openInfluxStore } from '../src/influx/index.ts';
import { type LocalInflux, startInfluxd } from '../src/influx/local-server.ts';
import { influxMissing, lineWriter, temporaryFolder, temporaryInflux } from './influx-fixture.ts';
import { everything, kpiPoint, observation, placement, second, t0, written } from './samples.ts';

const machine = 'mill-1';
const ask = async (url = '', q = '', headers = {}) => {
  const response = await fetch(`${url}/query`, { method: 'POST', headers, body: new URLSearchParams({ q }) });
  return response.json() as Promise<{ results: { error?: string; series?: { values: unknown[][] }[] }[] }>;
};

describe('InfluxDB store on a real server', () => {
  let server: LocalInflux | undefined;
  let count = 0;
  beforeEach(async ({ skip }) => {
    skip(influxMissing !== undefined, influxMissing);
    server ??= await temporaryInflux();
  });
  afterAll(() => server?.stop());

  const open = async (database = `influx-${++count}`) => {
    const config = InfluxConfig.parse({ version: 1, url: server?.url, database });
    return { database, config, store: await openInfluxStore({ config, placement }) };
  };

  it('finds the lines that the server refuses, wherever they stand, and stores the others', async () => {
    const { store, config } = await open();
    await store.prepare();
    // Another program wrote a text where numbers belong: from now on the server refuses numbers there.
    await (await lineWriter(config)).write(['signal number="seven" 1522656000000000000']);
    const poison = new Set([0, 7, 8, 500, 999]);
    const observations = Array.from({ length: 1000 }, (_, n) =>
      observation({ source_time_ns: t0 + BigInt(n), value: poison.has(n) ? n + 0.5 : BigInt(n) }),
    );
    const outcome = await store.write(written({ observations }));
    expect(outcome.accepted).toBe(995);
    expect(outcome.rejected.map(({ index, code }) => [index, code])).toEqual(
      [...poison].map((index) => [index, 'refused']),
    );
    expect(outcome.rejected[0]?.detail).toContain('field type conflict');
    const found = await store.observations({ machine, ...everything });
    expect(found).toEqual(observations.filter((_, n) => !poison.has(n)));
  });

  it('isolates a line that the server cannot even quote in its answer', async () => {
    const { store, config } = await open();
    await store.prepare();
    const lines = ['a f=1i 1', 'b f=\u0001\u0002 1', 'c f=1i 1'];
    const refused = await (await lineWriter(config)).write(lines);
    expect(refused).toEqual([{ index: 1, detail: expect.stringContaining('unable to parse') }]);
  });

  it('writes more than one request takes', async () => {
    const { store } = await open();
    const observations = Array.from({ length: 12_000 }, (_, n) =>
      observation({
        signal: 'note',
        source_time_ns: t0 + BigInt(n),
        value: `${'long text '.repeat(100)}${n}`,
      }),
    );
    expect((await store.write(written({ observations }))).accepted).toBe(12_000);
    const found = await store.observations({ machine, ...everything });
    expect(found).toHaveLength(12_000);
    expect(found.at(-1)).toEqual(observations.at(-1));
  });

  it('makes its database, again after it was dropped', async () => {
    const { store, database } = await open();
    await store.prepare();
    await ask(server?.url, `DROP DATABASE "${database}"`);
    await expect(store.write(written({ observations: [observation({ value: 1 })] }))).rejects.toMatchObject({
      code: 'store_unavailable',
      retryable: true,
    });
    await store.write(written({ observations: [observation({ value: 1 })] }));
    expect(await store.observations({ machine, ...everything })).toHaveLength(1);
  });

  it('keeps gateway time and mapping exact where a point has no room for them in one number', async () => {
    const { store, config } = await open();
    const room_ns = 2n ** 36n;
    const delays = [room_ns - 1n, room_ns, -room_ns, -room_ns - 1n, 0n, -3600n * second];
    // The first three would have the same number.
    const mappings = [
      'a'.repeat(64),
      `aaab${'c'.repeat(60)}`,
      `aaaa${'b'.repeat(60)}`,
      'b'.repeat(64),
      'm1',
      '',
    ];
    const observations = mappings.flatMap((mapping, i) =>
      delays.map((delay_ns, j) => {
        const source_time_ns = t0 + BigInt(i * 10 + j);
        return observation({ source_time_ns, gateway_time_ns: source_time_ns + delay_ns, mapping, value: 1 });
      }),
    );
    await store.write(written({ observations }));
    const { store: stranger } = await open(config.database);
    expect(await stranger.observations({ machine, ...everything })).toEqual(observations);
    await stranger.write(written({ observations: observations.toReversed() }));
    expect(await store.observations({ machine, ...everything })).toEqual(observations);
  });

  it('reads points of the form before, and lets a new delivery of them hold', async () => {
    const { store, config } = await open();
    await store.prepare();
    const place = 'area=machining,enterprise=demo,gateway=gw-1,line=cell-1,machine=mill-1';
    const mapping = 'a'.repeat(64);
    const said = observation({
      value: 4.5,
      native: '4,5',
      status: 0x40000000,
      stated_time_ns: 0n,
      ordinal: 2,
    });
    await (await lineWriter(config)).write([
      `signal,${place},signal=torque,site=ningbo,source=opcua-1 number=4.5,native_text="4,5",status=1073741824i,ordinal=2i,stated_time_ns=0i,kind="number<text status ordinal stated ${mapping.slice(0, 16)}",gateway_time_ns=${said.gateway_time_ns}i ${t0 + 2n}`,
      `mapping,mapping=${mapping.slice(0, 16)} digest="${mapping}" ${t0}`,
    ]);
    expect(await store.observations({ machine, ...everything })).toEqual([said]);
    const again = observation({ value: 7n, source_time_ns: t0 + 2n, gateway_time_ns: t0 + second });
    await store.write(written({ observations: [again] }));
    expect(await store.observations({ machine, ...everything })).toEqual([again]);
    // As the README tells boards to leave out what is not good: the status is that of the delivery before.
    const good = `SELECT "integer" FROM "${config.database}".."signal" WHERE "about" & 64 = 0`;
    expect((await ask(server?.url, good)).results[0]?.series?.[0]?.values.map(([, value]) => value)).toEqual([
      7,
    ]);
    expect((await ask(server?.url, good.replace('= 0', '= 64'))).results[0]?.series).toBeUndefined();
  });

  it('carries the tags by which boards find things, and every KPI field every time', async () => {
    const { store, database } = await open();
    await store.write(
      written({
        observations: [observation({ signal: 'state', value: 'producing', native: 3n })],
        observed: [{ machine, source: 'opcua-1', from_ns: t0, until_ns: t0 + second }],
        gaps: [{ machine, source: 'opcua-1', from_ns: t0, to_ns: t0 + 1n, reason: 'evicted' }],
      }),
    );
    await store.writeKpis([kpiPoint({ scope: 'demo/ningbo' }, { oee: { value: 0.5, status: 'ok' } })]);
    const keys = async (what: string) => {
      const reply = await ask(server?.url, `SHOW SERIES ON "${database}" FROM "${what}"`);
      return reply.results[0]?.series?.[0]?.values.flat();
    };
    const place = 'area=machining,enterprise=demo';
    expect(await keys('state')).toEqual([
      `state,${place},gateway=gw-1,line=cell-1,machine=mill-1,signal=state,site=ningbo,source=opcua-1`,
    ]);
    expect(await keys('observed')).toEqual([
      `observed,${place},line=cell-1,machine=mill-1,site=ningbo,source=opcua-1`,
    ]);
    expect(await keys('gap')).toEqual([
      `gap,${place},line=cell-1,machine=mill-1,reason=evicted,site=ningbo,source=opcua-1`,
    ]);
    expect(await keys('kpi')).toEqual(['kpi,enterprise=demo,period=hour,scope=demo/ningbo,site=ningbo']);
    const reply = await ask(
      server?.url,
      `SELECT "oee", "oee_status", "items", "items_status" FROM "${database}".."kpi"`,
    );
    expect(reply.results[0]?.series?.[0]?.values[0]?.slice(1)).toEqual([0.5, 'ok', 0, 'not_observed']);
  });
});

describe('InfluxDB store when its server goes and comes', () => {
  it('says so, loses nothing, and goes on with the same server on the same port', async ({ skip }) => {
    skip(influxMissing !== undefined, influxMissing);
    await using folder = await temporaryFolder();
    let server = await startInfluxd({ dataDir: folder.path });
    const config = InfluxConfig.parse({ version: 1, url: server.url });
    const store = await openInfluxStore({ config, placement });
    const first = observation({ value: 'before' });
    const second_ = observation({ value: 'after', source_time_ns: t0 + 1n });
    await store.write(written({ observations: [first] }));
    await server.kill();
    await expect(store.write(written({ observations: [second_] }))).rejects.toMatchObject({
      code: 'store_unavailable',
      retryable: true,
      hint: expect.stringContaining('check that the server runs'),
    });
    await expect(store.ping()).rejects.toMatchObject({ code: 'store_unavailable' });
    await expect(store.gaps({ machine, ...everything })).rejects.toMatchObject({ code: 'store_unavailable' });
    server = await startInfluxd({ dataDir: folder.path, port: server.port });
    await store.ping();
    await store.write(written({ observations: [second_] }));
    expect(await store.observations({ machine, ...everything })).toEqual([first, second_]);
    await store.close();
    await server.stop();
  });

  it('works as a plain user, and says what an administrator has to do first', async ({ skip }) => {
    skip(influxMissing !== undefined, influxMissing);
    await using folder = await temporaryFolder();
    process.env['INFLUXDB_HTTP_AUTH_ENABLED'] = 'true';
    const server = await startInfluxd({ dataDir: folder.path }).finally(() => {
      delete process.env['INFLUXDB_HTTP_AUTH_ENABLED'];
    });
    try {
      await ask(server.url, `CREATE USER root WITH PASSWORD 'r' WITH ALL PRIVILEGES`);
      const root = { authorization: `Basic ${btoa('root:r')}` };
      await ask(server.url, `CREATE USER plant WITH PASSWORD 'geheim'`, root);
      const password_file = join(folder.path, 'password');
      await writeFile(password_file, 'geheim\n');
      const config = InfluxConfig.parse({ version: 1, url: server.url, username: 'plant', password_file });
      const store = await openInfluxStore({ config, placement });
      await expect(store.prepare()).rejects.toMatchObject({
        code: 'store_unavailable',
        hint: expect.stringContaining('administrator'),
      });
      await ask(server.url, `CREATE DATABASE benchline; GRANT ALL ON benchline TO plant`, root);
      await store.write(written({ observations: [observation({ value: 1 })] }));
      expect(await store.observations({ machine, ...everything })).toHaveLength(1);
      await writeFile(password_file, 'falsch');
      const stranger = await openInfluxStore({ config, placement });
      await expect(stranger.write(written({}))).rejects.toMatchObject({
        code: 'store_unavailable',
        hint: expect.stringContaining('password_file'),
      });
    } finally {
      await server.stop();
    }
  });
});
