import { fitsInt64, isRepresentable, type MachineObservation, storedTime } from '@benchline/model';
import type { Placement, WriteOutcome } from './port.ts';

/** Why a store cannot take an observation, whatever the store is made of; undefined when it can. */
export function refusalOf(
  o: MachineObservation,
  placement: Placement,
): Pick<WriteOutcome['rejected'][number], 'code' | 'detail'> | undefined {
  if (!placement(o.machine, o.signal))
    return { code: 'unknown_signal', detail: `the plant has no signal ${o.signal} of ${o.machine}` };
  const carried = [o.value, o.native].every((value) => value === undefined || isRepresentable(value));
  const times = [storedTime(o), o.gateway_time_ns, o.stated_time_ns ?? 0n];
  if (carried && times.every(fitsInt64)) return undefined;
  return { code: 'unrepresentable', detail: 'a value or time that a store cannot hold' };
}
