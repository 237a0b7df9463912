import { isoFromNs, nsFromIso, type Observation } from '@benchline/model';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import type { Pipeline } from '../src/api/pipeline-schema.ts';
import type { KpiResult, StateList } from '../src/api/schemas.ts';
import { BatchMaker } from './kit/batches.ts';
import { Works } from './kit/service.ts';

const second = 1_000_000_000n;
const now = () => BigInt(Date.now()) * 1_000_000n;
const mill = 'acme/north/shop/cell/mill';

const state = (at_ns: bigint, value: string): Observation => ({
  signal: 'state',
  source_time_ns: at_ns,
  ordinal: 0,
  value,
  status: 0,
});

describe('a running metrics service', () => {
  let works: Works;
  const maker = new BatchMaker();
  const kpis = (from_ns: bigint, to_ns: bigint) =>
    works.get<KpiResult>('/api/v1/kpis', { scope: mill, from: isoFromNs(from_ns), to: isoFromNs(to_ns) });
  const problem = async (path: string) => {
    const response = await fetch(`${works.url}${path}`);
    return { status: response.status, ...((await response.json()) as { code: string; detail: string }) };
  };

  beforeAll(async () => {
    works = await Works.open('embedded');
    await works.start({ lateness_s: 60, stream_readers_max: 2 });
  });
  afterAll(() => works.close());

  test('counts an open window up to what its source has claimed, and silence after it as unobserved', async () => {
    const from = now() - 100n * second;
    const until = now();
    await works.deliver([
      maker.make({
        machine: 'mill',
        observations: [state(from, 'producing')],
        observed: { from_ns: from, until_ns: until },
      }),
    ]);
    const open = await kpis(from, now() + 3600n * second);
    expect(open).toMatchObject({ coverage: 1, provisional: true, revision: null });
    expect(open.elements.apt_s).toBeGreaterThan(95);
    expect(open.elements.planned_s).toBeLessThanOrEqual(100);
    const closed = await kpis(from - 100n * second, until - 50n * second);
    expect(closed.coverage).toBeCloseTo(1 / 3, 6);
    const dead = async () => (await kpis(from, now() + 3600n * second)).elements.unobserved_s;
    await expect.poll(dead, { timeout: 12_000, interval: 500 }).toBeGreaterThan(0);
  });

  test('mends a closed window when something late arrives, and finishes it after the lateness', async () => {
    const from = now() - 3600n * second;
    const to = from + 600n * second;
    const observed = { from_ns: from, until_ns: to };
    await works.deliver([
      maker.make({ machine: 'mill', observations: [state(from, 'producing')], observed }),
    ]);
    expect((await kpis(from, to)).figures.availability?.value).toBe(1);
    await works.deliver([
      maker.make({ machine: 'mill', observations: [state(from + 300n * second, 'fault')] }),
    ]);
    const mended = await kpis(from, to);
    expect(mended.figures.availability?.value).toBeCloseTo(0.5, 9);
    // A window of its own is not published.
    expect(mended).toMatchObject({ provisional: false, revision: null });
  });

  test('tells listeners that something changed, at most once a second', async () => {
    const stop = new AbortController();
    const response = await fetch(`${works.url}/api/v1/stream`, { signal: stop.signal });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    let text = '';
    const reading = (async () => {
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) text += chunk;
    })().catch(() => undefined);
    const events = () => text.match(/event: update\ndata: {"at":"[^"]+"}\n\n/g)?.length ?? 0;
    await expect.poll(events).toBe(1);
    const began = Date.now();
    for (let i = 0; i < 10; i += 1)
      await works.deliver([
        maker.make({
          machine: 'bench',
          observations: [{ ...state(now(), 'x'), signal: 'good', value: BigInt(i) }],
        }),
      ]);
    await expect.poll(events, { timeout: 5000 }).toBeGreaterThanOrEqual(2);
    expect(events()).toBeLessThanOrEqual(2 + Math.ceil((Date.now() - began) / 1000));
    stop.abort();
    await reading;
  });

  test('streams the figures of a scope when they change, and resumes where a reader was', async () => {
    const hear = async (headers: Record<string, string>, enough: (text: string) => boolean) => {
      const stop = new AbortController();
      const response = await fetch(`${works.url}/api/v1/stream?scope=${mill}&grain=day&kpi=items`, {
        headers,
        signal: AbortSignal.any([stop.signal, AbortSignal.timeout(8000)]),
      });
      let text = '';
      try {
        for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
          text += chunk;
          if (enough(text)) break;
        }
      } finally {
        stop.abort();
      }
      return text;
    };
    const first = await hear({}, (text) => /event: figures\ndata: .*\n\n/.test(text));
    const [, id = '', data = ''] = /id: (.*)\nevent: figures\ndata: (.*)\n\n/.exec(first) ?? [];
    expect(Object.keys((JSON.parse(data) as KpiResult).figures)).toEqual(['items']);
    const since = await hear(
      { 'last-event-id': `${nsFromIso('2026-03-02T00:00:00+08:00')}.old` },
      (text) => text.split('event: figures').length > 40,
    );
    const ids = [...since.matchAll(/id: (\d+)\./g)].map(([, from]) => BigInt(from!));
    expect(ids).toEqual(ids.toSorted((a, b) => (a < b ? -1 : 1)));
    expect(ids.length).toBeLessThanOrEqual(48);
    expect(id).toMatch(/^\d+\.[\w-]{22}$/);
    // Of an event that no clock here can have made: the present is told all the same, and nobody waits for 1677.
    for (const from of [2n ** 63n - 1n, -(2n ** 63n)]) {
      const present = `id: ${id.split('.')[0]}.`;
      const odd = await hear({ 'last-event-id': `${from}.odd` }, (text) => text.includes(present));
      expect(odd).toContain(present);
    }
  });

  test('has no more readers of streams than it may, says so, and takes the next when one leaves', async () => {
    const readers = [new AbortController(), new AbortController()];
    const open = async (query: string, signal?: AbortSignal) =>
      await fetch(`${works.url}/api/v1/stream${query}`, signal ? { signal } : {});
    for (const { signal } of readers) expect((await open('', signal)).status).toBe(200);
    const refused = await open('?scope=acme');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10']);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(await refused.json()).toMatchObject({
      code: 'too_many_readers',
      hint: expect.stringContaining('stream_readers_max'),
    });
    readers[0]!.abort();
    const next = new AbortController();
    await expect.poll(async () => (await open('', next.signal)).status).toBe(200);
    const counted = await (await fetch(`${works.url}/metrics`)).text();
    expect(counted).toMatch(/stream_readers\S* 2\n/);
    expect(counted).toMatch(/stream_refused_total\S* [1-9]/);
    for (const reader of [readers[1]!, next]) reader.abort();
    await expect
      .poll(async () => await (await fetch(`${works.url}/metrics`)).text())
      .toMatch(/stream_readers\S* 0\n/);
  });

  test('shows how the pipeline fares', async () => {
    const pipeline = await works.get<z.output<typeof Pipeline>>('/api/v1/pipeline');
    expect(pipeline).toMatchObject({
      store: 'embedded',
      feed: { connected: true, next_offset: works.feed.lines.length, refused: 0 },
      ingest: { ledger: { next: works.feed.lines.length } },
    });
    expect(pipeline.latency.gateway_to_queryable?.p99_s).toBeLessThan(10);
  });

  test('lists native states and ends the list at what is known', async () => {
    const from = now() - 7200n * second;
    const observation = { ...state(from, 'producing'), native: 'Layer' };
    await works.deliver([
      maker.make({
        machine: 'mill',
        observations: [observation],
        observed: { from_ns: from, until_ns: from + second },
      }),
    ]);
    const { states, to } = await works.get<z.output<typeof StateList>>('/api/v1/states', {
      machine: 'mill',
      from: isoFromNs(from),
      to: isoFromNs(now() + 3600n * second),
    });
    expect(states[0]).toMatchObject({ state: 'producing', native: 'Layer', from: isoFromNs(from) });
    expect(Date.parse(to)).toBeLessThanOrEqual(Date.now());
    const ahead = { machine: 'mill', from: isoFromNs(now() + second), to: isoFromNs(now() + 9n * second) };
    expect(await works.get('/api/v1/states', ahead)).toMatchObject({ states: [] });
  });

  test('says what is wrong with a request', async () => {
    const window = 'from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z';
    expect(await problem(`/api/v1/kpis?scope=acme/nowhere&${window}`)).toMatchObject({
      status: 404,
      code: 'not_found',
    });
    expect(await problem(`/api/v1/states?machine=nothing&${window}`)).toMatchObject({ status: 404 });
    expect(await problem(`/api/v1/observations?machine=mill&signal=powr&${window}`)).toMatchObject({
      status: 404,
      detail: expect.stringContaining("'powr'"),
      hint: expect.stringContaining('state'),
    });
    const year = encodeURIComponent('2025-03-01T00:00:00Z/2026-03-01T00:00:00Z');
    const hours = `/api/v1/compare?scope=acme&grain=hour${`&window=${year}`.repeat(12)}`;
    expect(await problem(hours)).toMatchObject({ detail: 'the sides have more than 400 periods' });
    const many = `/api/v1/compare?${'scope=acme&'.repeat(20)}grain=hour${`&window=${year}`.repeat(12)}`;
    expect(await problem(many)).toMatchObject({ detail: 'there are 240 sides to compare' });
    expect(
      await problem('/api/v1/kpis?scope=acme&from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z'),
    ).toMatchObject({
      status: 400,
      code: 'bad_request',
    });
    expect(
      await problem('/api/v1/kpis?scope=acme&from=2020-01-01T00:00:00Z&to=2026-03-01T00:00:00Z'),
    ).toMatchObject({
      status: 400,
      detail: 'the window is longer than 400 days',
    });
    expect(await problem('/api/v1/kpis?scope=acme&from=2026-03-02&to=2026-03-03')).toMatchObject({
      status: 400,
      detail: expect.stringContaining('ISO 8601'),
    });
    expect(await problem(`/api/v1/kpis?scope=acme&grain=hour&cursor=0.5&${window}`)).toMatchObject({
      status: 400,
      detail: 'the cursor does not belong to this question',
    });
    expect(await problem(`/api/v1/kpis?scope=acme&limit=401&${window}`)).toMatchObject({ status: 400 });
    expect(await problem(`/api/v1/kpis?scope=acme&kpi=beauty&${window}`)).toMatchObject({
      status: 400,
      detail: expect.stringMatching(/kpi: Invalid option: expected one of .*oee/),
      hint: expect.stringContaining('errors'),
    });
    expect(await problem(`/api/v1/kpis?${window}`)).toMatchObject({
      errors: [{ path: 'scope', message: 'is missing' }],
    });
    expect(await problem('/api/v1/nothing')).toMatchObject({
      status: 404,
      hint: expect.stringContaining('/openapi.json'),
    });
    expect(await problem(`/api/v1/cnc-ratio?scope=${mill}&${window}`)).toMatchObject({ status: 400 });
    expect(await problem(`/api/v1/kpis?scope=acme&${window}&colour=red`)).toMatchObject({ status: 400 });
  });

  test('reads a plus sign that nobody encoded', async () => {
    const response = await fetch(
      `${works.url}/api/v1/kpis?scope=acme&from=2026-03-01T00:00:00+08:00&to=2026-03-02T00:00:00+08:00`,
    );
    expect(await response.json()).toMatchObject({
      from: '2026-02-28T16:00:00.000Z',
      time_zone: 'Asia/Shanghai',
    });
  });

  test('serves the page, its description and its own health', async () => {
    const page = await fetch(works.url);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await works.get('/healthz')).toEqual({ status: 'ok', stalled: [] });
    const { paths } = await works.get<{ paths: Record<string, { get: { responses: object } }> }>(
      '/openapi.json',
    );
    expect(Object.keys(paths)).toContain('/api/v1/kpis');
    expect(paths['/api/v1/kpis/table']?.get.responses).toMatchObject({
      200: { content: { 'text/csv': {} } },
    });
  });
});
