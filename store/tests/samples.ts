import { type KpiId, kpiIds, type MachineObservation, status } from '@benchline/model';
import type { KpiFigure, KpiPoint, Placement, SignalPlacement, StoreWrite } from '../src/index.ts';

const location = { enterprise: 'demo', site: 'ningbo', area: 'machining', line: 'cell-1' };
const measurementOf: Record<string, SignalPlacement['measurement']> = {
  state: 'state',
  parts: 'count',
  import: 'energy',
  torque: 'signal',
  note: 'signal',
  door: 'signal',
  diameter: 'characteristic',
  program: 'context',
};

/** Two machines, `mill-1` and `mill-2`, with signals of every measurement. */
export const placement: Placement = Object.assign(
  (machine: string, signal: string) => {
    const measurement = measurementOf[signal];
    return measurement && /^mill-[12]$/.test(machine) ? { measurement, location } : undefined;
  },
  { location: () => location },
);
export const signals = Object.keys(measurementOf);

/** 2018-04-02T08:00:00Z. */
export const t0 = 1_522_656_000_000_000_000n;
export const second = 1_000_000_000n;

export function observation(part: Partial<MachineObservation> = {}): MachineObservation {
  return {
    machine: 'mill-1',
    signal: 'torque',
    source_time_ns: t0,
    ordinal: 0,
    status: status.good,
    source: 'opcua-1',
    gateway: 'gw-1',
    gateway_time_ns: t0 + 5_000_000n,
    mapping: 'a'.repeat(64),
    ...part,
  };
}

export function written(part: Partial<StoreWrite>): StoreWrite {
  return { observations: [], observed: [], gaps: [], ...part };
}

export const everything = { from_ns: t0 - 1000n * second, to_ns: t0 + 1000n * second };

export function kpiPoint(part: Partial<KpiPoint>, figures: Partial<Record<KpiId, KpiFigure>> = {}): KpiPoint {
  const none: KpiFigure = { status: 'not_observed' };
  return {
    scope: 'demo/ningbo/machining/cell-1/mill-1',
    period: 'hour',
    from_ns: t0,
    to_ns: t0 + 3600n * second,
    revision: 0,
    provisional: true,
    figures: { ...(Object.fromEntries(kpiIds.map((id) => [id, none])) as KpiPoint['figures']), ...figures },
    ...part,
  };
}
