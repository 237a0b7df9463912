import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TelemetryStore } from '../src/index.ts';
import { entryContract } from './contract-entries.ts';
import { observationContract } from './contract-observations.ts';
import { timelineContract } from './contract-timeline.ts';
import { everything, kpiPoint, observation, second, signals, t0, written } from './samples.ts';

export interface StoreMaker {
  name: string;
  /** Why this store cannot be tried on this machine. */
  missing?: string | undefined;
  /** An empty store of its own, with `placement` of the samples. */
  open(): Promise<TelemetryStore>;
}

/** What every telemetry store does, whatever it is made of. */
export function storeContract(maker: StoreMaker): void {
  describe(`telemetry store contract: ${maker.name}`, () => {
    let store: TelemetryStore;
    beforeEach(async (context) => {
      context.skip(maker.missing !== undefined, maker.missing);
      store = await maker.open();
    });
    afterEach(async () => {
      if (maker.missing === undefined) await store.close();
    });

    it('is empty at first', async () => {
      expect(await store.observations({ machine: 'mill-1', ...everything })).toEqual([]);
      expect(await store.latest({ machine: 'mill-1', signals, at_ns: t0 })).toEqual([]);
      expect(await store.observed({ machine: 'mill-1', ...everything })).toEqual([]);
      expect(await store.gaps({ machine: 'mill-1', ...everything })).toEqual([]);
      expect(await store.entries(everything)).toEqual([]);
      expect(await store.kpis({ scope: 'demo', period: 'day', ...everything })).toEqual([]);
    });

    it('writes the same again without a trace', async () => {
      const write = written({
        observations: [observation({ value: 1 }), observation({ signal: 'state', value: 'producing' })],
        observed: [{ machine: 'mill-1', source: 'opcua-1', from_ns: t0, until_ns: t0 + second }],
        gaps: [{ machine: 'mill-1', source: 'opcua-1', from_ns: t0, to_ns: t0 + 1n, reason: 'evicted' }],
      });
      const point = kpiPoint({}, { oee: { value: 0.5, status: 'ok' } });
      const look = async () => [
        await store.observations({ machine: 'mill-1', ...everything }),
        await store.latest({ machine: 'mill-1', signals, at_ns: everything.to_ns }),
        await store.observed({ machine: 'mill-1', ...everything }),
        await store.gaps({ machine: 'mill-1', ...everything }),
        await store.kpis({ scope: point.scope, period: 'hour', ...everything }),
      ];
      await store.write(write);
      await store.writeKpis([point]);
      const once = await look();
      expect(once.map((found) => found.length)).toEqual([2, 2, 1, 1, 1]);
      await store.write(write);
      await store.write({ ...write, observations: [...write.observations, ...write.observations] });
      await store.writeKpis([point]);
      expect(await look()).toEqual(once);
    });

    observationContract(() => store);
    timelineContract(() => store);
    entryContract(() => store);
  });
}
