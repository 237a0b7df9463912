import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { Exposition, Health, instruments, type Look, registerHealth } from '../../src/health/index.ts';
import { ask, bearer, credentials, serve } from '../door/serve.ts';

const table = instruments({
  spool_bytes: { type: 'gauge', unit: 'bytes', help: 'On disk', action: 'none' },
  age_seconds: { type: 'gauge', unit: 's', help: 'Unknown at first', action: 'none' },
  gaps_total: { type: 'counter', unit: 'gaps', labels: ['reason'], help: 'Gaps', action: 'none' },
  delay_seconds: { type: 'histogram', unit: 's', buckets: [0.1, 1], help: 'Delays', action: 'none' },
});

const running: Health[] = [];
afterEach(() => running.splice(0).forEach((health) => health.stop()));

function parts(look: () => Look[], patience_ms = 1000) {
  const lines: string[] = [];
  const health = new Health({ look, patience_ms, log: pino({}, { write: (line) => lines.push(line) }) });
  let gaps: [{ reason: string }, number][] = [[{ reason: 'evicted' }, 3]];
  const exposition = new Exposition('test', table, () => ({
    spool_bytes: 12,
    age_seconds: undefined,
    gaps_total: gaps,
  }));
  health.start();
  running.push(health);
  return { health, exposition, lines, only: (reason: string) => (gaps = [[{ reason }, 1]]) };
}

const frozen: Look[] = [
  { stage: 'source', subject: 'plc-1', ok: false, reason: 'it says nothing' },
  { stage: 'source', subject: 'plc-2', ok: true },
  { stage: 'broker', ok: true },
];

describe('a service with a stage that stands still', () => {
  it('is not ready at once, and unhealthy after its patience, naming the stage, the reason and what to do', async () => {
    const { health, exposition, lines } = parts(() => frozen);
    const { port } = await serve((app) => registerHealth(app, { health, exposition }));
    const ready = await ask(port, '/readyz');
    expect(ready.status).toBe(503);
    expect(ready.json()).toMatchObject({
      status: 'not_ready',
      stages: [{ subject: 'plc-1', state: 'waiting' }, { state: 'working' }, { state: 'working' }],
    });
    await expect.poll(async () => (await ask(port, '/healthz')).status, { timeout: 10_000 }).toBe(503);
    expect((await ask(port, '/healthz')).json()).toMatchObject({
      status: 'stalled',
      stalled: [
        {
          stage: 'source',
          subject: 'plc-1',
          reason: 'it says nothing',
          hint: expect.stringContaining('controller'),
          since: expect.stringMatching(/^\d{4}-.*Z$/),
        },
      ],
    });
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['stalled']);
  });

  it('works again as soon as the stage does', async () => {
    let looks = frozen;
    const { health, lines } = parts(() => looks, 500);
    await expect.poll(() => health.report()[0]?.state, { timeout: 10_000 }).toBe('stalled');
    looks = [{ stage: 'source', subject: 'plc-1', ok: true }];
    expect(health.report()).toEqual([{ stage: 'source', subject: 'plc-1', state: 'working', standing_s: 0 }]);
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['stalled', 'works again']);
  });

  it('tells strangers the kind of stage and nothing else', async () => {
    const { health, exposition } = parts(() => frozen, 1);
    const { port } = await serve((app) => registerHealth(app, { health, exposition }), { credentials });
    await sleep(20);
    for (const path of ['/healthz', '/readyz']) {
      const stranger = await ask(port, path);
      expect(stranger.status).toBe(503);
      expect(stranger.text).toContain('"source"');
      expect(stranger.text).not.toMatch(/plc|controller|nothing/);
      expect((await ask(port, path, bearer('other'))).text).toContain('it says nothing');
    }
    expect((await ask(port, '/metrics')).status).toBe(401);
    expect((await ask(port, '/metrics', bearer('other'))).status).toBe(200);
  });

  it('accuses nobody of the time in which it was stopped itself', async () => {
    const { health } = parts(() => frozen, 10_000);
    // Stops the event loop, as a stop of the process does.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3500);
    expect(health.report()[0]?.standing_s).toBeLessThan(3.1);
  });
});

describe('/metrics', () => {
  it('is what Prometheus reads: base units, help, labels, unknown values left out', async () => {
    const { health, exposition, only } = parts(() => frozen);
    const { port } = await serve((app) => registerHealth(app, { health, exposition }));
    exposition.observe('delay_seconds', 0.5, {});
    const first = await ask(port, '/metrics');
    expect(first.headers['content-type']).toContain('text/plain; version=0.0.4');
    expect(first.text).toContain('# HELP benchline_test_spool_bytes On disk\n');
    expect(first.text).toContain('# TYPE benchline_test_spool_bytes gauge\nbenchline_test_spool_bytes 12\n');
    expect(first.text).not.toMatch(/^benchline_test_age_seconds/m);
    expect(first.text).toContain('benchline_test_gaps_total{reason="evicted"} 3\n');
    expect(first.text).toContain('benchline_test_delay_seconds_bucket{le="1"} 1\n');
    expect(first.text).toContain('benchline_test_ready 0\n');
    expect(first.text).toContain('benchline_test_stage_stalled{stage="source",subject="plc-2"} 0\n');
    expect(first.text).toMatch(/^process_resident_memory_bytes \d/m);
    expect(first.text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
    only('queue_overflow');
    const second = await ask(port, '/metrics');
    expect(second.text).toContain('gaps_total{reason="queue_overflow"} 1\n');
    expect(second.text).not.toContain('reason="evicted"');
    expect(second.text).toMatch(/http_request_seconds_count\{route="\/metrics",status="200"\} 1/);
  });
});
