import type { MachineObservation, Value } from '@benchline/model';

/** A Good observation by the source `plc`, of which the gateway took note at once. */
export function said(
  machine: string,
  signal: string,
  source_time_ns: bigint,
  value: Value,
): MachineObservation {
  return {
    ...{ machine, signal, source_time_ns, value },
    ...{ ordinal: 0, status: 0, source: 'plc', mapping: 'm' },
    ...{ gateway: 'edge', gateway_time_ns: source_time_ns },
  };
}
