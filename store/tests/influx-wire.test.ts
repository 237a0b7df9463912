import { writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InfluxConfig, type InfluxStore, openInfluxStore } from '../src/influx/index.ts';
import { influxMissing, temporaryFolder, temporaryInflux } from './influx-fixture.ts';
import { everything, observation, placement, t0, written } from './samples.ts';
import { forward, type Heard, scripted } from './scripted-server.ts';

const databases = {
  results: [{ series: [{ name: 'databases', columns: ['name'], values: [['benchline']] }] }],
};

/** Answers queries as a server that has the database, and writes as the test says. */
const onWrite = (answer: (response: ServerResponse, heard: Heard) => unknown) =>
  scripted((heard, response) => {
    if (heard.url.pathname === '/query')
      response.setHeader('content-type', 'application/json').end(JSON.stringify(databases));
    else return answer(response, heard);
  });

const open = (url: string, more = {}) =>
  openInfluxStore({ config: InfluxConfig.parse({ version: 1, url, ...more }), placement });
const one = written({ observations: [observation({ value: 1 })] });

describe('InfluxDB store: answers of a server in trouble', () => {
  it.each([
    [401, '{"error":"authorization failed"}', 'password_file'],
    [403, '{"error":"forbidden"}', 'password_file'],
    [404, '{"error":"database not found: \\"benchline\\""}', 'check database'],
    [429, '{"code":"too many requests","message":"slow down"}', 'busy'],
    [500, '{"error":"engine: cache-max-memory-size exceeded"}', 'own log'],
    [503, 'upstream unavailable', 'busy'],
    [400, '<html>a proxy that knows nothing of lines</html>', 'own log'],
    [
      400,
      '{"error":"partial write: max-series-per-database limit exceeded: (5) dropped=1"}',
      'raise the limit',
    ],
  ])('%i %s is the store in trouble, never the data', async (status, body, hint) => {
    await using server = await onWrite((response) =>
      response
        .writeHead(status, { 'content-type': body.startsWith('{') ? 'application/json' : 'text/html' })
        .end(body),
    );
    const store = await open(server.url);
    await expect(store.write(one)).rejects.toMatchObject({
      code: 'store_unavailable',
      retryable: true,
      hint: expect.stringContaining(hint),
    });
  });

  it('passes on when to come again', async () => {
    await using server = await onWrite((response) => response.writeHead(429, { 'retry-after': '7' }).end());
    await expect((await open(server.url)).write(one)).rejects.toMatchObject({ retry_after_s: 7 });
  });

  it('gives up on a server that stays silent', async () => {
    await using server = await onWrite(() => undefined);
    await expect((await open(server.url, { timeout_ms: 200 })).write(one)).rejects.toMatchObject({
      code: 'store_unavailable',
    });
  });

  it('does not take half an answer, or an error within one, for fewer rows', async () => {
    const series = {
      name: 'gap',
      tags: { source: 's', reason: 'evicted' },
      columns: ['time', 'to_ns'],
      values: [[1, 2]],
    };
    const part = `${JSON.stringify({ results: [{ series: [series], partial: true }] })}\n`;
    const endings = [
      (response: ServerResponse) => response.end(part),
      (response: ServerResponse) => response.end(`${part}{"results":[{"error":"query killed"}]}\n`),
      (response: ServerResponse) => response.write(part, () => response.destroy()),
      (response: ServerResponse) => response.write(part),
    ];
    for (const ending of endings) {
      await using server = await scripted((heard, response) => {
        if (heard.body.includes('SHOW')) response.end(JSON.stringify(databases));
        else ending(response);
      });
      const store = await open(server.url, { timeout_ms: 200 });
      await expect(store.gaps({ machine: 'mill-1', ...everything })).rejects.toMatchObject({
        code: 'store_unavailable',
      });
    }
  });
});

describe('InfluxDB store: a response lost after the commit', () => {
  it('is harmless: the same write again leaves one of each', async ({ skip }) => {
    skip(influxMissing !== undefined, influxMissing);
    const influx = await temporaryInflux();
    let losing = true;
    await using proxy = await scripted(async (heard, response) => {
      if (!losing || heard.url.pathname !== '/write') return await forward(heard, influx.url, response);
      await forward(heard, influx.url);
      response.destroy();
    });
    const store = await open(proxy.url);
    const observations = [0n, 1n, 2n].map((n) => observation({ source_time_ns: t0 + n, value: n }));
    await expect(store.write(written({ observations }))).rejects.toMatchObject({ code: 'store_unavailable' });
    losing = false;
    expect((await store.write(written({ observations }))).accepted).toBe(3);
    expect(await store.observations({ machine: 'mill-1', ...everything })).toEqual(observations);
    await influx.stop();
  });
});

describe('InfluxDB store against a 2.x server', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let store: InfluxStore;
  let server: Awaited<ReturnType<typeof scripted>>;
  let mapped: boolean;
  beforeEach(async () => {
    folder = await temporaryFolder();
    mapped = true;
    server = await scripted((heard, response) => {
      if (heard.url.pathname === '/api/v2/write') response.writeHead(204).end();
      else if (mapped) response.end('{"results":[{"statement_id":0}]}\n');
      else response.writeHead(404).end('{"code":"not found","message":"no dbrp mapping found"}');
    });
    const token_file = join(folder.path, 'token');
    await writeFile(token_file, 'secret-token\n');
    const config = InfluxConfig.parse({
      version: 2,
      url: server.url,
      org: 'a plant',
      bucket: 'b',
      token_file,
    });
    store = await openInfluxStore({ config, placement });
  });
  afterEach(async () => {
    await server[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  it('writes to its bucket and reads InfluxQL from the database of that name, with its token', async () => {
    await store.write(one);
    await store.latest({ machine: "m'1", signals: ['torque'], at_ns: t0 });
    expect(server.heard.map(({ authorization }) => authorization)).toEqual(
      Array(4).fill('Token secret-token'),
    );
    const [probe, _mappings, write, read] = server.heard;
    expect(new URLSearchParams(probe?.body).get('db')).toBe('b');
    expect(write?.url.pathname + (write?.url.search ?? '')).toBe(
      '/api/v2/write?org=a%20plant&bucket=b&precision=ns',
    );
    expect(write?.body).toMatch(/^signal,area=machining,.*signal=torque,.* number=1,about=\d+i /);
    const query = new URLSearchParams(read?.body);
    expect(JSON.parse(query.get('params') ?? '')).toEqual({ machine: "m'1", signal0: 'torque' });
    expect(query.get('q')).not.toContain("m'1");
  });

  it('says how to map a bucket that InfluxQL cannot see', async () => {
    mapped = false;
    await expect(store.write(one)).rejects.toMatchObject({
      code: 'store_unavailable',
      hint: expect.stringContaining('influx v1 dbrp create'),
    });
  });
});

describe('InfluxDB configuration', () => {
  it.each([
    ['no version', { url: 'http://localhost:8086' }],
    ['a user without a password', { version: 1, url: 'http://localhost:8086', username: 'u' }],
    ['keys of the other version', { version: 1, url: 'http://localhost:8086', bucket: 'b' }],
    ['a token in the file itself', { version: 2, url: 'http://h', org: 'o', bucket: 'b', token: 't' }],
    ['a database name that would have to be quoted', { version: 1, url: 'http://h', database: 'a"b' }],
    ['an address that is no HTTP', { version: 1, url: 'ftp://h' }],
  ])('refuses %s', (_what, config) => {
    expect(InfluxConfig.safeParse(config).success).toBe(false);
  });

  it('says which secret file is missing or empty', async () => {
    await using folder = await temporaryFolder();
    const token_file = join(folder.path, 'token');
    const config = InfluxConfig.parse({ version: 2, url: 'http://h', org: 'o', bucket: 'b', token_file });
    await expect(openInfluxStore({ config, placement })).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining(token_file),
    });
    await writeFile(token_file, '\n');
    await expect(openInfluxStore({ config, placement })).rejects.toMatchObject({ code: 'config_invalid' });
  });
});
