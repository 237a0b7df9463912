import type { Observation, Signal, Slug } from '@benchline/model';
import { type Datatype, type Metric, observationMetric } from '@benchline/model/sparkplug';
import type { ResumeState } from '../spool/port.ts';

/** All metrics of a machine for its DBIRTH, each with its newest committed value or null. */
export function birthMetrics(
  machine: Slug,
  signals: Readonly<Record<Slug, Signal>>,
  states: readonly ResumeState[],
): Metric[] {
  const newest = new Map<Slug, Observation>();
  for (const state of states)
    if (state.machine === machine)
      for (const [signal, observation] of state.last) {
        const other = newest.get(signal);
        if (!other || observation.source_time_ns > other.source_time_ns) newest.set(signal, observation);
      }
  return Object.entries(signals).map(([id, signal]) => {
    const observation = newest.get(id);
    const metric: Metric = observation ? observationMetric(observation, false) : { name: id, is_null: true };
    return observation?.value === undefined ? { ...metric, datatype: datatypeOf(signal) } : metric;
  });
}

function datatypeOf(signal: Signal): Datatype {
  if (signal.measurement === 'count') return 'Int64';
  if (signal.measurement === 'state' || signal.measurement === 'context') return 'String';
  if (signal.measurement !== 'signal') return 'Double';
  return ({ number: 'Double', integer: 'Int64', text: 'String', flag: 'Boolean' } as const)[signal.type];
}
