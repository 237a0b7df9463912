import { setTimeout as sleep } from 'node:timers/promises';
import { isoFromNs } from '@benchline/model';
import { addsUp, type Box, MetricsApi, settle } from '@benchline/simulators/box';
import { describe, expect, it } from 'vitest';
import { testBox } from './kit.ts';
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

describe('everything that was emitted', () => {
  it('survives kill -9 of ingest, metrics and broker, one after the other', async () => {
    const box = await testBox();
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
  });

  it('outside one declared gap, survives kill -9 of the gateway; parts and energy stay exact', async () => {
    const box = await testBox({ simulators: [{ name: 'mill', speaks: 'opcua', args: ['mill', '--loop'] }] });
    let downMs = 0;
    const account = await disturbed(box, async () => {
      const since = Date.now();
      box.supervisor.child('gateway').kill('SIGKILL');
      await box.supervisor.child('gateway').started();
      downMs = Date.now() - since;
    });
    expect(addsUp(account)).toBe(true);
    expect(account).toMatchObject({ missing: 0, wrong: 0, invented: 0 });

    const truth = readTruth(box.home.truth('mill'), 'mill-1');
    const api = new MetricsApi(box.url);
    const window = [isoFromNs(truth.first), isoFromNs(truth.last)] as const;
    const gaps = await api.gaps('mill-1', ...window);
    expect(gaps).toHaveLength(1);
    const [gap] = gaps;
    expect(Number((gap?.to_ns ?? 0n) - (gap?.from_ns ?? 0n)) / 1e6).toBeLessThanOrEqual(downMs + 5000);

    const figures = await api.kpis('demo/ningbo/machining/milling-cell/mill-1', ...window);
    expect(figures.counts.good_items).toBe(truth.difference('good-items'));
    expect(figures.counts.scrap_items).toBe(truth.difference('scrap-items'));
    expect(figures.energy.import_kwh).toBeCloseTo(truth.difference('energy-import'), 9);
    expect(figures.energy.export_kwh).toBeCloseTo(truth.difference('energy-export'), 9);
    expect(figures.coverage).toBeLessThan(1);
  });
});
