import { z } from 'zod';
import { Slug } from '../slug.ts';
import { nanosecondsJson } from '../time.ts';
import {
  hasValueOrIsBad,
  type Observation,
  ObservationJson,
  observationFromJson,
  observationToJson,
  valueOrBad,
} from './batch.ts';
import type { Json } from './canonical.ts';
import type { PlacedBatch, PlacedObservation } from './placing.ts';

/** An observation on its own feet: what a store holds and what one line of an NDJSON export says. */
export interface MachineObservation extends PlacedObservation {
  machine: Slug;
  source: Slug;
  gateway: Slug;
  gateway_time_ns: bigint;
  mapping: string;
}

export const MachineObservationJson = z
  .strictObject({
    ...ObservationJson.shape,
    machine: Slug,
    source: Slug,
    gateway: Slug,
    gateway_time_ns: nanosecondsJson,
    mapping: z.string(),
    stated_time_ns: nanosecondsJson.optional(),
  })
  .refine(hasValueOrIsBad, valueOrBad);

export function* observationsOf(batch: PlacedBatch): Generator<MachineObservation> {
  for (const observation of batch.observations)
    yield {
      ...observation,
      machine: batch.machine,
      source: batch.source,
      gateway: batch.gateway,
      gateway_time_ns: batch.gateway_time_ns,
      mapping: batch.mapping,
    };
}

/** The time at which a store places an observation: two changes within one instant both survive. */
export function storedTime({
  source_time_ns,
  ordinal,
}: Pick<Observation, 'source_time_ns' | 'ordinal'>): bigint {
  return ordinal === 0 ? source_time_ns : source_time_ns + BigInt(ordinal);
}

export function machineObservationToJson(o: MachineObservation): Record<string, Json | undefined> {
  return {
    machine: o.machine,
    ...observationToJson(o),
    source: o.source,
    gateway: o.gateway,
    gateway_time_ns: o.gateway_time_ns.toString(),
    mapping: o.mapping,
    stated_time_ns: o.stated_time_ns?.toString(),
  };
}

/** @throws ZodError for anything that `machineObservationToJson` does not write. */
export function machineObservationFromJson(json: unknown): MachineObservation {
  const { machine, source, gateway, gateway_time_ns, mapping, stated_time_ns, ...observation } =
    MachineObservationJson.parse(json);
  return {
    ...observationFromJson(observation),
    ...(stated_time_ns === undefined ? {} : { stated_time_ns }),
    machine,
    source,
    gateway,
    gateway_time_ns,
    mapping,
  };
}
