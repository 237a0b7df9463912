import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isoFromNs } from '@benchline/model';
import { addsUp, type Box, MetricsApi, type SimulatorSpec, settle } from '@benchline/simulators/box';
import { describe, it } from 'vitest';
import { allFigures } from './all-figures.ts';
import { benchline, testBox } from './kit.ts';
import { readTruth } from './truth.ts';

const liveMs = 5000;

/** Lets a box run, does something to it in the middle, and settles the account. */
async function disturbed(box: Box, disturb: () => Promise<void> | void) {
  await sleep(liveMs);
  await disturb();
  await sleep(liveMs);
  await box.stopSimulators();
  return await settle(box);
}

const hour_ms = 3_600_000;
/** So long late data are waited for, and a minute. */
const late_ms = 16 * 60_000;
const eventually = { timeout: 120_000, interval: 1000 };

/** Makes the store of a box anew from the ledger alone, with nothing left of what metrics had. */
async function rebuildStore({ home, supervisor }: Box): ReturnType<typeof benchline> {
  await supervisor.stop('metrics');
  const folder = home.data('metrics');
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
  const file = join(folder, 'telemetry.duckdb');
  const rebuilt = await benchline([
    ...['ledger', 'rebuild', '--data', home.data('ingest')],
    ...['--store', 'embedded', '--file', file],
  ]);
  await supervisor.child('metrics').start();
  return rebuilt;
}

describe.concurrent('everything that was emitted', () => {
  it('survives kill -9 of ingest, metrics and broker, one after the other; a rebuilt store gives the same figures', async ({
    expect,
    onTestFinished,
  }) => {
    // Of three hours past at least one is over for long enough to be published.
    const simulators: SimulatorSpec[] = [
      { name: 'mill', speaks: 'opcua', args: ['mill', '--loop'] },
      {
        name: 'line',
        speaks: 'opcua',
        args: ['line', '--seed', '7', '--history', '3h', '--catch-up', '5s'],
      },
      { name: 'plc', speaks: 'mqtt', args: ['plc', '--seed', '7', '--history', '3h', '--catch-up', '5s'] },
      { name: 'meter', speaks: 'mqtt', args: ['meter', '--history', '24h', '--catch-up', '5s'] },
    ];
    const box = await testBox({ simulators }, onTestFinished);
    const account = await disturbed(box, async () => {
      for (const victim of ['ingest', 'metrics', 'broker']) {
        box.supervisor.child(victim).kill('SIGKILL');
        await box.supervisor.child(victim).started();
        await sleep(liveMs / 2);
      }
    });
    expect(box.supervisor.restarts()).toMatchObject({ ingest: 1, metrics: 1, broker: 1, gateway: 0 });
    expect(account).toMatchObject({ missing: 0, wrong: 0, invented: 0, quarantined: 0, declared_gaps: 0 });
    expect(account.stored).toBe(account.emitted);

    // Hours that are over for so long that nothing about them changes any more.
    const to_ms = Math.floor((Date.now() - late_ms) / hour_ms) * hour_ms;
    const window = { from: new Date(to_ms - 2 * hour_ms).toISOString(), to: new Date(to_ms).toISOString() };
    const look = () => allFigures(box, window);
    await expect.poll(async () => (await look()).revisions.length, eventually).toBeGreaterThan(0);
    const before = await look();
    expect(Object.keys(before.figures).length).toBeGreaterThan(50);
    const { status, stderr } = await rebuildStore(box);
    expect(stderr).not.toMatch(/rejected|error/i);
    expect(status).toBe(0);
    await expect.poll(async () => (await look()).figures, eventually).toEqual(before.figures);
    const known = async () => new Set((await look()).revisions);
    await expect
      .poll(async () => new Set(before.revisions).difference(await known()), eventually)
      .toEqual(new Set());
  });

  it('outside one declared gap, survives kill -9 of the gateway; parts and energy stay exact', async ({
    expect,
    onTestFinished,
  }) => {
    const simulators: SimulatorSpec[] = [{ name: 'mill', speaks: 'opcua', args: ['mill', '--loop'] }];
    const box = await testBox({ simulators }, onTestFinished);
    const mill = 'demo/ningbo/machining/milling-cell/mill-1';
    const api = new MetricsApi(box.url);
    let downMs = 0;
    const account = await disturbed(box, async () => {
      // A gateway that had not begun to watch leaves no gap when it is killed.
      const lately = async () => {
        const now_ms = Date.now();
        const window = [now_ms - 60_000, now_ms].map((ms) => new Date(ms).toISOString()) as [string, string];
        return (await api.kpis(mill, ...window)).coverage;
      };
      await expect.poll(lately, eventually).toBeGreaterThan(0);
      const since = Date.now();
      box.supervisor.child('gateway').kill('SIGKILL');
      await box.supervisor.child('gateway').started();
      downMs = Date.now() - since;
    });
    expect(addsUp(account)).toBe(true);
    expect(account).toMatchObject({ missing: 0, wrong: 0, invented: 0 });

    const truth = readTruth(box.home.truth('mill'), 'mill-1');
    const window = [isoFromNs(truth.first), isoFromNs(truth.last)] as const;
    const gaps = await api.gaps('mill-1', ...window);
    expect(gaps).toHaveLength(1);
    const [gap] = gaps;
    expect(Number((gap?.to_ns ?? 0n) - (gap?.from_ns ?? 0n)) / 1e6).toBeLessThanOrEqual(downMs + 5000);

    const figures = await api.kpis(mill, ...window);
    expect(figures.counts.good_items).toBe(truth.difference('good-items'));
    expect(figures.counts.scrap_items).toBe(truth.difference('scrap-items'));
    expect(figures.energy.import_kwh).toBeCloseTo(truth.difference('energy-import'), 9);
    expect(figures.energy.export_kwh).toBeCloseTo(truth.difference('energy-export'), 9);
    expect(figures.coverage).toBeLessThan(1);
  });
});
