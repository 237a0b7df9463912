import { type Signal } from '@benchline/model';
import type { TestContext } from 'vitest';
import { Plc, start_ms } from './plc.ts';
import { type Watching, watch } from './watching.ts';
import { Wire } from './wire.ts';

/** Servers, sources and cables that end with the test that made them, the last first. */
export function rig({ onTestFinished }: Pick<TestContext, 'onTestFinished'>) {
  return {
    async plc(...given: Parameters<typeof Plc.start>): Promise<Plc> {
      const started = await Plc.start(...given);
      onTestFinished(() => started.stop());
      return started;
    },
    watching(...given: Parameters<typeof watch>): Watching {
      const watched = watch(...given);
      onTestFinished(() => watched.stop());
      return watched;
    },
    async wire(target: () => number): Promise<Wire> {
      const laid = await Wire.lay(target);
      onTestFinished(() => laid.remove());
      return laid;
    },
  };
}

export const running = (w: Watching) => () => w.source.status().state === 'running';
export const ns = (ms: number) => BigInt(ms) * 1_000_000n;
export const at = (ms: number) => new Date(start_ms + ms);
export const power: Signal = { measurement: 'signal', type: 'number', unit: 'kW' };
export const total: Signal = {
  measurement: 'count',
  role: 'total',
  counts_per_item: 1,
  on_decrease: 'reset',
};
