import { writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { InfluxConfig, openInfluxStore } from '../src/influx/index.ts';
import type { LocalInflux } from '../src/influx/local-server.ts';
import { influxMissing, lineWriter, temporaryFolder, temporaryInflux } from './influx-fixture.ts';
import { everything, observation, placement, t0, written } from './samples.ts';
import { forward, type Heard, scripted } from './scripted-server.ts';

const machine = 'mill-1';
const unavailable = { code: 'store_unavailable', retryable: true };

/** What stands before the real server says instead of it; undefined lets the request through. */
type Script = (heard: Heard, response: ServerResponse) => unknown;

describe('a scripted front before a real InfluxDB', () => {
  let server: LocalInflux | undefined;
  let count = 0;
  beforeEach(async ({ skip }) => {
    skip(influxMissing !== undefined, influxMissing);
    server ??= await temporaryInflux();
  });
  afterAll(() => server?.stop());

  async function front(script: Script, options: { timeout_ms?: number } = {}) {
    const proxy = await scripted(async (heard, response) => {
      const done = heard.url.pathname === '/write' ? await script(heard, response) : undefined;
      if (done === undefined) await forward(heard, server?.url ?? '', response);
    });
    const config = InfluxConfig.parse({
      version: 1,
      url: proxy.url,
      database: `faults-${++count}`,
      ...options,
    });
    const store = await openInfluxStore({ config, placement });
    await store.prepare();
    const writes = () => proxy.heard.filter(({ url }) => url.pathname === '/write');
    return Object.assign(proxy, { store, config, writes });
  }
  /** To the server itself. It answers with headers before it has done what it was told. */
  const command = async (q: string) => {
    const body = new URLSearchParams({ q });
    return await (await fetch(`${server?.url}/query`, { method: 'POST', body })).text();
  };
  const readings = (n: number, from = 0) =>
    written({
      observations: Array.from({ length: n }, (_, i) =>
        observation({ source_time_ns: t0 + BigInt(from + i), value: from + i }),
      ),
    });

  it('413: sends less at a time, now and later, and stores everything', async () => {
    await using it_ = await front(({ body }, response) =>
      body.length > 20_000 ? response.writeHead(413).end() : undefined,
    );
    expect((await it_.store.write(readings(1000))).rejected).toEqual([]);
    const learnt = it_.writes().length;
    expect((await it_.store.write(readings(1000, 1000))).accepted).toBe(1000);
    expect(it_.writes().filter(({ body }) => body.length > 20_000).length).toBeLessThan(16);
    expect(it_.writes().length - learnt).toBeLessThanOrEqual(20);
    expect(await it_.store.observations({ machine, ...everything })).toHaveLength(2000);
  });

  it('413 for a single line: that one is refused, its neighbours are stored', async () => {
    await using it_ = await front(({ body }, response) =>
      body.includes('huge') ? response.writeHead(413).end() : undefined,
    );
    const write = readings(64);
    const huge = observation({ signal: 'note', value: 'huge' });
    const outcome = await it_.store.write({ ...write, observations: [...write.observations, huge] });
    expect(outcome).toMatchObject({ accepted: 64, rejected: [{ index: 64, code: 'refused' }] });
  });

  it('silence: gives up, leaves no connection behind, and asks for less until it is heard again', async () => {
    const silent = { for_lines: 300 };
    await using it_ = await front(
      ({ body }) => (body.split('\n').length > silent.for_lines ? 'never answered' : undefined),
      { timeout_ms: 300 },
    );
    const before = await it_.connections();
    await expect(it_.store.write(readings(1000))).rejects.toMatchObject(unavailable);
    await expect.poll(() => it_.connections()).toBeLessThanOrEqual(before);
    expect((await it_.store.write(readings(1000))).accepted).toBe(1000);
    const sizes = it_.writes().map(({ body }) => body.split('\n').length);
    expect(sizes[0]).toBeGreaterThanOrEqual(1000);
    expect(sizes[1]).toBeLessThan(300);
    silent.for_lines = Number.POSITIVE_INFINITY;
    for (let from = 1000; from < 9000; from += 1000) await it_.store.write(readings(1000, from));
    expect(it_.writes().at(-1)?.body.split('\n').length).toBeGreaterThanOrEqual(500);
  });

  it('a kept connection that turns out to be dead costs nothing', async () => {
    let reset = false;
    await using it_ = await front((_heard, response) => {
      if (!reset) return undefined;
      reset = false;
      response.socket?.resetAndDestroy();
      return 'reset';
    });
    await it_.store.write(readings(1));
    reset = true;
    expect((await it_.store.write(readings(1, 1))).accepted).toBe(1);
    expect(it_.writes()).toHaveLength(3);
  });

  it('a redirect is not followed, and takes no secret along', async () => {
    await using elsewhere = await scripted((_heard, response) => response.writeHead(204).end());
    await using it_ = await front((_heard, response) =>
      response.writeHead(307, { location: `${elsewhere.url}/write` }).end(),
    );
    await expect(it_.store.write(readings(1))).rejects.toMatchObject({
      ...unavailable,
      hint: expect.stringContaining(elsewhere.url),
    });
    expect(elsewhere.heard).toEqual([]);
  });

  it.each([
    ['200 and a log-in page', 200, '<html>please log in</html>'],
    ['201, which promises nothing', 201, ''],
    ['rubbish', 400, '\u0000\u0001 rubbish \ufffd'],
    ['JSON that is no answer', 400, '[1,2,{"error":3}]'],
    ['a hand-off queue', 500, '{"error":"hinted handoff queue not empty"}'],
  ])('%s is not "stored"', async (_what, status, body) => {
    await using it_ = await front((_heard, response) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(body),
    );
    await expect(it_.store.write(readings(1))).rejects.toMatchObject(unavailable);
    expect(it_.writes()).toHaveLength(1);
  });

  it('an answer without end is not read to its end', async () => {
    let sent = 0;
    await using it_ = await front((_heard, response) => {
      response.writeHead(500, { 'content-type': 'application/json' });
      const piece = 'x'.repeat(65_536);
      const more = () => {
        while (!response.destroyed && sent < 1e9 && response.write(piece)) sent += piece.length;
      };
      response.on('drain', more);
      more();
      return 'endless';
    });
    await expect(it_.store.write(readings(1))).rejects.toMatchObject(unavailable);
    expect(sent).toBeLessThan(50e6);
  });

  it.each<[string, Script]>([
    ['stops in the middle', (_heard, response) => response.writeHead(400).write('{"error":"par')],
    [
      'breaks off in the middle',
      (_heard, response) =>
        response.writeHead(500).write('{"error":', () => response.socket?.resetAndDestroy()),
    ],
    [
      'drips',
      (_heard, response) => {
        response.writeHead(500);
        const drops = setInterval(() => response.write('x'), 20);
        response.on('close', () => clearInterval(drops));
        return 'dripping';
      },
    ],
    ['is no HTTP', (_heard, response) => response.socket?.end('hello\n')],
    ['is closed without a word', (_heard, response) => response.socket?.destroy()],
  ])('an answer that %s is none, and the next is heard', async (_what, script) => {
    const state = { script };
    await using it_ = await front((...args) => state.script(...args), { timeout_ms: 300 });
    await expect(it_.store.write(readings(1))).rejects.toMatchObject(unavailable);
    state.script = () => undefined;
    expect((await it_.store.write(readings(1))).accepted).toBe(1);
  });

  it('bad lines among many are found with few requests', async () => {
    await using it_ = await front(() => undefined);
    await (await lineWriter(it_.config)).write([`signal number="taken" ${t0}`]);
    const before = it_.writes().length;
    const write = readings(4096);
    const poison = [17, 1800, 4000];
    const observations = write.observations.map((o, i) =>
      poison.includes(i) ? o : { ...o, value: BigInt(i) },
    );
    const outcome = await it_.store.write({ ...write, observations });
    expect(outcome.rejected.map(({ index }) => index)).toEqual(poison);
    // Each costs two requests on each level of halving, at most.
    expect(it_.writes().length - before).toBeLessThanOrEqual(1 + poison.length * 2 * 13);
    expect(await it_.store.observations({ machine, ...everything })).toHaveLength(4096 - poison.length);
  });

  it('much goes in two requests at once, a series in one of them, and none is on its way after a failure', async () => {
    let failing = true;
    let under_way = 0;
    const pairs: string[][][] = [];
    await using it_ = await front(async (heard, response) => {
      if (under_way++ === 0) pairs.push([]);
      const pair = pairs.at(-1) ?? [];
      const first = pair.length === 0;
      pair.push([...new Set(heard.body.split('\n').map((line) => line.slice(0, line.indexOf(' '))))]);
      await expect.poll(() => pair).toHaveLength(2);
      if (failing && first) response.writeHead(503).end();
      else {
        if (failing) await new Promise((later) => setTimeout(later, 100));
        await forward(heard, server?.url ?? '', response);
      }
      under_way -= 1;
      return 'answered';
    });
    const observations = ['mill-1', 'mill-2'].flatMap((name) =>
      Array.from({ length: 2500 }, (_, i) =>
        observation({
          machine: name,
          signal: ['torque', 'diameter', 'import'][i % 3] ?? '',
          source_time_ns: t0 + BigInt(i),
          value: i,
        }),
      ),
    );
    await expect(it_.store.write(written({ observations }))).rejects.toMatchObject(unavailable);
    expect(under_way).toBe(0);
    failing = false;
    expect((await it_.store.write(written({ observations }))).accepted).toBe(5000);
    expect(pairs).toHaveLength(2);
    for (const [one, other] of pairs) expect(one?.filter((series) => other?.includes(series))).toEqual([]);
    expect(await it_.store.observations({ machine, ...everything })).toHaveLength(2500);
  });

  it('points older than the server keeps are told apart, with few requests, and the rest is stored', async () => {
    await using it_ = await front(() => undefined);
    await command(`ALTER RETENTION POLICY autogen ON "${it_.config.database}" DURATION 1h SHARD DURATION 1h`);
    const now = BigInt(Date.now()) * 1_000_000n;
    const old = readings(3000).observations;
    const fresh = Array.from({ length: 1000 }, (_, i) =>
      observation({ source_time_ns: now + BigInt(i), value: i }),
    );
    const outcome = await it_.store.write(written({ observations: [...fresh, ...old] }));
    expect(outcome.accepted).toBe(1000);
    expect(new Set(outcome.rejected.map(({ code }) => code))).toEqual(new Set(['expired']));
    expect(outcome.rejected).toHaveLength(3000);
    expect(it_.writes().length).toBeLessThan(40);
    const found = await it_.store.observations({ machine, from_ns: now - 1n, to_ns: now + 2000n });
    expect(found.map(({ value }) => value)).toEqual(fresh.map(({ value }) => value));
  });

  it('remembers up to where of a ledger it was written, until it is dropped', async () => {
    await using it_ = await front(() => undefined);
    const { store, config } = it_;
    expect(await store.marked('ledger-1')).toBeUndefined();
    await store.mark('ledger-1', 5);
    await store.mark('ledger-1', 7);
    await store.mark('ledger-2', 1);
    expect(await store.marked('ledger-1')).toBe(7);
    await command(`DROP DATABASE "${config.database}"`);
    await expect(store.write(readings(1))).rejects.toMatchObject(unavailable);
    expect(await store.marked('ledger-1')).toBeUndefined();
  });

  it('finds the whole digest of every mapping again, also in a database that was made anew', async () => {
    await using it_ = await front(() => undefined);
    const digests = ['a', 'b', 'c'].map((digit) => digit.repeat(64));
    const observations = digests.map((mapping, i) =>
      observation({ source_time_ns: t0 + BigInt(i) * 86_400_000_000_000n, value: i, mapping }),
    );
    const window = { machine, from_ns: t0 - 1n, to_ns: t0 + 10n * 86_400_000_000_000n };
    await it_.store.write(written({ observations }));
    const stranger = await openInfluxStore({ config: it_.config, placement });
    expect(await stranger.observations(window)).toEqual(observations);
    await command(`DROP DATABASE "${it_.config.database}"`);
    await expect(it_.store.write(written({ observations }))).rejects.toMatchObject(unavailable);
    await it_.store.write(written({ observations }));
    const another = await openInfluxStore({ config: it_.config, placement });
    expect(await another.observations(window)).toEqual(observations);
  });
});

describe('a secret that is rotated', () => {
  it('is read again from its file once the server has refused it, for writes and reads', async () => {
    await using folder = await temporaryFolder();
    const token_file = join(folder.path, 'token');
    await writeFile(token_file, 'old');
    let valid = 'old';
    await using server = await scripted((heard, response) => {
      if (heard.authorization !== `Token ${valid}`)
        response.writeHead(401).end('{"code":"unauthorized","message":"unauthorized access"}');
      else if (heard.url.pathname === '/api/v2/write') response.writeHead(204).end();
      else response.end('{"results":[{"statement_id":0}]}\n');
    });
    const config = InfluxConfig.parse({ version: 2, url: server.url, org: 'o', bucket: 'b', token_file });
    const store = await openInfluxStore({ config, placement });
    const write = written({ observations: [observation({ value: 1 })] });
    await store.write(write);
    valid = 'new';
    await expect(store.write(write)).rejects.toMatchObject({
      ...unavailable,
      hint: expect.stringContaining('token_file'),
    });
    await writeFile(token_file, '');
    await expect(store.write(write)).rejects.toMatchObject({
      ...unavailable,
      message: expect.stringContaining('empty'),
    });
    await writeFile(token_file, 'new\n');
    expect((await store.write(write)).accepted).toBe(1);
    valid = 'newest';
    await writeFile(token_file, 'newest');
    await expect(store.gaps({ machine, ...everything })).rejects.toMatchObject(unavailable);
    expect(await store.gaps({ machine, ...everything })).toEqual([]);
  });
});
