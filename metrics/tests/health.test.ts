import { commonInstruments, type HealthAnswer, type ReadyAnswer } from '@benchline/model/health';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { metricsInstruments } from '../src/health/instruments.ts';
import { metricsStages } from '../src/health/stages.ts';
import { BatchMaker } from './kit/batches.ts';
import { Works } from './kit/service.ts';

const patient = { timeout: 20_000, interval: 200 };

describe('the metrics service', () => {
  let works: Works;
  beforeEach(async () => {
    works = await Works.open('embedded');
    await works.start({ http: { port: 0, stalled_after_s: 1 } });
  });
  afterEach(() => works.close());

  const ask = async <T>(path: string): Promise<T> => (await (await fetch(`${works.url}${path}`)).json()) as T;
  const stalled = async () => (await ask<HealthAnswer>('/healthz')).stalled.map(({ stage }) => stage);

  test('is ready when it has caught up, and names the feed when that falls silent on an open connection', {
    timeout: 60_000,
  }, async () => {
    await expect.poll(async () => (await ask<ReadyAnswer>('/readyz')).status, patient).toBe('ready');
    works.feed.freeze(true);
    await expect.poll(stalled, patient).toEqual(['feed']);
    expect((await fetch(`${works.url}/healthz`)).status).toBe(503);
    const pipeline = await ask<{ stages: object[] }>('/api/v1/pipeline');
    expect(pipeline.stages).toMatchObject([{ service: 'metrics', stage: 'feed', state: 'stalled' }]);
    works.feed.freeze(false);
    await expect.poll(stalled, patient).toEqual([]);
  });

  test('exports exactly the measurements of its table, with values that fit what came', async () => {
    const maker = new BatchMaker();
    const at = (s: number) => BigInt(Date.now() + s * 1000) * 1_000_000n;
    const batch = (from: number, to: number) =>
      maker.make({ machine: 'mill', observations: [], observed: { from_ns: at(from), until_ns: at(to) } });
    await works.deliver([batch(-100, -60), batch(-60, -20), batch(-90, -80)]);
    const exported = await (await fetch(`${works.url}/metrics`)).text();
    const names = [...exported.matchAll(/^# TYPE benchline_metrics_(\S+) (\S+)$/gm)].map(([, name, type]) => [
      name,
      type,
    ]);
    const table = Object.entries({ ...commonInstruments, ...metricsInstruments });
    expect(Object.fromEntries(names)).toEqual(Object.fromEntries(table.map(([name, i]) => [name, i.type])));
    const value = (name: string) =>
      Number(exported.split(`\nbenchline_metrics_${name} `)[1]?.split('\n')[0] ?? Number.NaN);
    expect(value('records_total')).toBe(3);
    expect(value('feed_next_offset')).toBe(3);
    expect(value('late_batches_total')).toBe(1);
    expect(value('gateway_to_queryable_seconds_count')).toBe(3);
    expect(value('kpi_points_total')).toBeNaN();
  });
});

test.each([
  ['nothing, when all goes well', {}, {}, []],
  ['the feed, when ingest does not answer', { connected: false, complaint: 'silent' }, {}, ['feed silent']],
  [
    'the feed, when what it brings is not taken in',
    { pending: true },
    {},
    ['feed what the feed brings is not taken in'],
  ],
  ['the series, when the store takes none', {}, { waiting_s: 30, complaint: 'away' }, ['kpi_series away']],
  ['nothing, while the series wait for their turn', {}, { waiting_s: 2 }, []],
])('blames %s', (_, feed, series, expected) => {
  const well = {
    connected: true,
    next: 7,
    reconnects: 0,
    pending: false,
    caught_up: true,
    complaint: undefined,
    last_received_ns: undefined,
    refused: 0,
    records: 7,
  };
  const looks = metricsStages({
    follower: { status: () => ({ ...well, ...feed }) },
    writer: {
      status: () => ({ points: 3, failures: 0, complaint: undefined, waiting_s: undefined, ...series }),
    },
  });
  expect(looks.flatMap(({ stage, ok, reason }) => (ok ? [] : `${stage} ${reason}`))).toEqual(expected);
});
