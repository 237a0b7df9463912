import { z } from 'zod';
import { Slug } from '../slug.ts';
import { type Nanoseconds, nanosecondsJson } from '../time.ts';
import type { Json } from './canonical.ts';
import { severityOf } from './status.ts';
import { type Value, ValueJson, valueFromJson, valueToJson } from './value.ts';

/**
 * What one signal of one machine was at one instant.
 *
 * Identity is (machine, signal, source_time_ns, ordinal): the same observation delivered again changes nothing.
 * `ordinal` tells apart several changes that a source stamps with the same instant (0, 1, 2 …); stores place
 * them at source_time_ns + ordinal.
 */
export interface Observation {
  signal: Slug;
  /** When it was so, by the source's clock. */
  source_time_ns: Nanoseconds;
  ordinal: number;
  /** Absent exactly when `status` is Bad: a bad quality carries no value. */
  value?: Value;
  /** What the controller said, where mapping turned it into something else. */
  native?: Value;
  /** OPC UA StatusCode, see `status`. */
  status: number;
}

/** A stretch of source time of which the gateway knows that it saw nothing, and why. */
export interface Gap {
  from_ns: Nanoseconds;
  to_ns: Nanoseconds;
  reason: GapReason;
}

export const gapReasons = [
  'gateway_restart',
  'source_disconnected',
  'source_restarted',
  'source_stalled',
  'sequence_jump',
  'queue_overflow',
  'evicted',
  'spool_full',
  'spool_damaged',
] as const;
export type GapReason = (typeof gapReasons)[number];

/** Claims about a source that travel with every figure computed from it. */
export const sourceMarks = [
  'simulated_clock',
  'unauthenticated_source',
  /** Sparkplug of another maker, which nobody signs: the signature is that of the ledger, for what it heard. */
  'unsigned_third_party',
  'resubmitted',
] as const;
export type SourceMark = (typeof sourceMarks)[number];

/**
 * The unit that is signed, spooled, sent, acknowledged and stored: what one source said of one machine since
 * the batch before. `(gateway, epoch, seq)` numbers the batches of a gateway without holes across all its
 * machines; `prev` is the digest of batch seq − 1 of the same epoch ('' for the first), so that batches form a
 * hash chain.
 */
export interface Batch {
  v: 1;
  gateway: Slug;
  /** Names one life of a spool: twelve hexadecimal digits of Unix milliseconds, a hyphen, eight random ones. Sorts by age. */
  epoch: string;
  /** 0, 1, 2 … within the epoch. */
  seq: number;
  /** SHA-256 digest (hexadecimal) of the batch before, '' for seq 0. */
  prev: string;
  /** The gateway's clock when it closed the batch; the gateway time of every observation in it. */
  gateway_time_ns: Nanoseconds;
  machine: Slug;
  source: Slug;
  /** SHA-256 digest of the mapping that turned native tags into these signals. */
  mapping: string;
  marks: readonly SourceMark[];
  observations: readonly Observation[];
  gaps: readonly Gap[];
  /**
   * The stretch of source time (from, until] over which this source was watched: where it holds, silence means
   * "no change"; where no batch claims it, nobody looked. Absent while the source is not connected.
   */
  observed?: { from_ns: Nanoseconds; until_ns: Nanoseconds };
}

/** A batch with its proof: the digest of its canonical content and an Ed25519 signature over it. */
export interface SignedBatch {
  content: Batch;
  /** SHA-256 of the RFC 8785 form of the content, hexadecimal. */
  digest: string;
  /** Which key signed: see `keyId`. */
  key_id: string;
  /** Ed25519 signature over `batchSigningInput(digest)`, base64. */
  signature: string;
}

export const epochPattern = /^[0-9a-f]{12}-[0-9a-f]{8}$/;
const digestPattern = /^[0-9a-f]{64}$/;
const Digest = z.string().regex(digestPattern, 'a SHA-256 digest: 64 hexadecimal digits');

/** A bad quality carries no value, every other one does. */
export function hasValueOrIsBad(o: { value?: unknown; status?: number | undefined }): boolean {
  return (o.value === undefined) === (severityOf(o.status ?? 0) === 'bad');
}
export const valueOrBad = 'a value, or a Bad status instead of it';

export const ObservationJson = z
  .strictObject({
    signal: Slug,
    source_time_ns: nanosecondsJson,
    ordinal: z.int().min(1).max(999_999).optional(),
    value: ValueJson.optional(),
    native: ValueJson.optional(),
    status: z.int().min(1).max(0xffff_ffff).optional(),
  })
  .refine(hasValueOrIsBad, valueOrBad);

const GapJson = z.strictObject({
  from_ns: nanosecondsJson,
  to_ns: nanosecondsJson,
  reason: z.enum(gapReasons),
});

/** The schema of a batch's content in JSON. Defaults (ordinal 0, status Good) are left out, never written. */
export const BatchJson = z.strictObject({
  v: z.literal(1),
  gateway: Slug,
  epoch: z.string().regex(epochPattern),
  seq: z.int().min(0),
  prev: Digest.or(z.literal('')),
  gateway_time_ns: nanosecondsJson,
  machine: Slug,
  source: Slug,
  mapping: Digest,
  marks: z.array(z.enum(sourceMarks)),
  observations: z.array(ObservationJson),
  gaps: z.array(GapJson),
  observed: z.strictObject({ from_ns: nanosecondsJson, until_ns: nanosecondsJson }).optional(),
});

export const SignedBatchJson = z.strictObject({
  content: BatchJson,
  digest: Digest,
  key_id: z.string().regex(/^[0-9a-f]{16}$/),
  signature: z.base64(),
});

/** An observation as plain JSON; members stand in the order of their code units. */
export function observationToJson(o: Observation): Record<string, Json | undefined> {
  return {
    native: o.native === undefined ? undefined : valueToJson(o.native),
    ordinal: o.ordinal === 0 ? undefined : o.ordinal,
    signal: o.signal,
    source_time_ns: o.source_time_ns.toString(),
    status: o.status === 0 ? undefined : o.status,
    value: o.value === undefined ? undefined : valueToJson(o.value),
  };
}

/** An observation from its parsed JSON: what may be left out there has its usual value, ordinal 0 and status Good. */
export function observationFromJson(json: z.output<typeof ObservationJson>): Observation {
  return {
    signal: json.signal,
    source_time_ns: json.source_time_ns,
    ordinal: json.ordinal ?? 0,
    ...(json.value === undefined ? {} : { value: valueFromJson(json.value) }),
    ...(json.native === undefined ? {} : { native: valueFromJson(json.native) }),
    status: json.status ?? 0,
  };
}

/** A batch's content as plain JSON; members stand in the order of their code units. */
export function batchToJson(batch: Batch): Record<string, Json | undefined> {
  return {
    epoch: batch.epoch,
    gaps: batch.gaps.map((g) => ({
      from_ns: g.from_ns.toString(),
      reason: g.reason,
      to_ns: g.to_ns.toString(),
    })),
    gateway: batch.gateway,
    gateway_time_ns: batch.gateway_time_ns.toString(),
    machine: batch.machine,
    mapping: batch.mapping,
    marks: batch.marks,
    observations: batch.observations.map(observationToJson),
    observed: batch.observed && {
      from_ns: batch.observed.from_ns.toString(),
      until_ns: batch.observed.until_ns.toString(),
    },
    prev: batch.prev,
    seq: batch.seq,
    source: batch.source,
    v: batch.v,
  };
}

/** @throws ZodError when the JSON is no batch. */
export function batchFromJson(json: unknown): Batch {
  return fromParsed(BatchJson.parse(json));
}

export function signedBatchToJson(batch: SignedBatch): Record<string, Json | undefined> {
  return {
    content: batchToJson(batch.content),
    digest: batch.digest,
    key_id: batch.key_id,
    signature: batch.signature,
  };
}

function fromParsed(parsed: z.output<typeof BatchJson>): Batch {
  const { observed, observations, ...rest } = parsed;
  return {
    ...rest,
    observations: observations.map(observationFromJson),
    ...(observed === undefined ? {} : { observed }),
  };
}
