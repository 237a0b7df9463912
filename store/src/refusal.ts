import {
  fitsInt64,
  isRepresentable,
  type MachineObservation,
  storedTime,
  type Value,
} from '@benchline/model';
import type { Placement, WriteOutcome } from './port.ts';

/** Why a store cannot take an observation, whatever the store is made of; undefined when it can. */
export function refusalOf(
  o: MachineObservation,
  placement: Placement,
): Pick<WriteOutcome['rejected'][number], 'code' | 'detail'> | undefined {
  if (!placement(o.machine, o.signal))
    return { code: 'unknown_signal', detail: `the plant has no signal ${o.signal} of ${o.machine}` };
  if (isCarried(o.value) && isCarried(o.native) && areTimes(o)) return undefined;
  return { code: 'unrepresentable', detail: 'a value or time that a store cannot hold' };
}

function isCarried(value: Value | undefined): boolean {
  return value === undefined || isRepresentable(value);
}

function areTimes(o: MachineObservation): boolean {
  return fitsInt64(storedTime(o)) && fitsInt64(o.gateway_time_ns) && fitsInt64(o.stated_time_ns ?? 0n);
}
