import { z } from 'zod';
import { slugPattern } from '../slug.ts';
import {
  BatchJson,
  type Observation,
  observationFromJson,
  type SignedBatch,
  SignedBatchJson,
} from './batch.ts';
import { int64Of } from './int64.ts';
import { severityOf } from './status.ts';
import type { Value } from './value.ts';

/** All of a signed batch but the observations, of which there are hundreds for each of these. */
const EnvelopeJson = SignedBatchJson.extend({
  content: BatchJson.extend({ observations: z.custom<readonly unknown[]>(Array.isArray) }),
});

/**
 * Reads a signed batch from JSON. It checks the shape, not the signature.
 * @throws ZodError when the JSON is no signed batch.
 */
export function signedBatchFromJson(json: unknown): SignedBatch {
  const envelope = EnvelopeJson.safeParse(json).data;
  const observations = envelope && readObservations(envelope.content.observations);
  // The schema decides, and says what is wrong.
  if (!observations) return fromSchema(json);
  const { observed, observations: _, ...content } = envelope.content;
  return {
    ...envelope,
    content: { ...content, observations, ...(observed === undefined ? {} : { observed }) },
  };
}

function fromSchema(json: unknown): SignedBatch {
  const { content, ...proof } = SignedBatchJson.parse(json);
  const { observed, observations, ...rest } = content;
  return {
    ...proof,
    content: {
      ...rest,
      observations: observations.map(observationFromJson),
      ...(observed === undefined ? {} : { observed }),
    },
  };
}

/**
 * What `ObservationJson` accepts, at a fifth of its cost; undefined as soon as something in the list is not plainly
 * so.
 */
function readObservations(list: readonly unknown[]): Observation[] | undefined {
  const observations: Observation[] = [];
  const times = new Times();
  for (const json of list) {
    const observation = readObservation(json as Partial<Record<keyof Observation, unknown>> | null, times);
    if (!observation) return undefined;
    observations.push(observation);
  }
  return observations;
}

function readObservation(
  json: Partial<Record<keyof Observation, unknown>> | null,
  times: Times,
): Observation | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const { signal, source_time_ns: time, ordinal = 0, status = 0, value, native } = json;
  const source_time_ns = times.read(time);
  if (typeof signal !== 'string' || !slugPattern.test(signal) || source_time_ns === undefined)
    return undefined;
  if (!isWithin(ordinal, 999_999) || !isWithin(status, 0xffff_ffff)) return undefined;
  if ((value === undefined) !== (severityOf(status) === 'bad')) return undefined;
  const members = 2 + count(json.ordinal) + count(json.status) + count(value) + count(native);
  if (Object.keys(json).length !== members || json.ordinal === 0 || json.status === 0) return undefined;
  const observation: Observation = { signal, source_time_ns, ordinal, status };
  if (value !== undefined) {
    const read = readValue(value);
    if (read === undefined) return undefined;
    observation.value = read;
  }
  if (native !== undefined) {
    const read = readValue(native);
    if (read === undefined) return undefined;
    observation.native = read;
  }
  return observation;
}

function count(member: unknown): number {
  return member === undefined ? 0 : 1;
}

function isWithin(value: unknown, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most;
}

function readValue(json: unknown): Value | undefined {
  if (typeof json === 'number' || typeof json === 'boolean') return json;
  if (typeof json === 'string') return json.isWellFormed() ? json : undefined;
  return readInteger(json);
}

function readInteger(json: unknown): bigint | undefined {
  if (typeof json !== 'object' || json === null || Object.keys(json).length !== 1) return undefined;
  const { integer } = json as { integer?: unknown };
  return typeof integer === 'string' ? int64Of(integer) : undefined;
}

/** Reads times; the one before is remembered, because tags that are sampled together share theirs. */
class Times {
  #text = '0';
  #time = 0n;

  read(json: unknown): bigint | undefined {
    if (json === this.#text) return this.#time;
    const time = typeof json === 'string' ? int64Of(json) : undefined;
    if (typeof json !== 'string' || time === undefined) return undefined;
    this.#text = json;
    this.#time = time;
    return time;
  }
}
