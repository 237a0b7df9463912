import {
  type Batch,
  BatchJson,
  batchFromJson,
  batchToJson,
  type Json,
  MachineObservationJson,
} from '@benchline/model';
import { decodeBatch, decodePayload } from '@benchline/model/sparkplug';
import { z } from 'zod';

/** More than any gateway puts into one batch. */
const maxObservations = 4096;

/** A batch of the past begins before all that gateways make, so that it is never taken for one of theirs. */
const place = { v: 1, epoch: '000000000000-00000000', seq: 0, prev: '' } as const;

const { v: _v, epoch: _epoch, seq: _seq, prev: _prev, ...said } = BatchJson.shape;

/** What a person writes to replace bytes in quarantine: a batch without its place in a gateway's chain. */
const RepairedBatch = z.strictObject({
  ...said,
  observations: said.observations.max(maxObservations),
  /** What was found in the bytes, for the person who repairs them; nothing reads it. */
  found: z.unknown().optional(),
});
type RepairedBatch = z.input<typeof RepairedBatch>;

/** The batch that goes into the ledger. @throws ZodError. */
export function repaired(json: unknown): Batch {
  const { marks } = RepairedBatch.parse(json);
  const { found: _, ...content } = json as RepairedBatch;
  return batchFromJson({ ...place, ...content, marks: [...new Set([...marks, 'resubmitted' as const])] });
}

/** As much of a repaired batch as can be read out of bytes in quarantine. */
export function draftOf(bytes: Uint8Array): Record<string, unknown> {
  const batch = attempt(() => decodeBatch(bytes).content);
  if (batch) return withoutPlace(batchToJson(batch));
  const text = Buffer.from(bytes).toString('utf8');
  const json = attempt(() => JSON.parse(text) as unknown);
  const point = MachineObservationJson.safeParse(json);
  if (point.success) return ofPoint(json as z.input<typeof MachineObservationJson>);
  return { ...empty, found: found(bytes, json) };
}

/** What the bytes are, read as whatever they can be read as. */
export function found(bytes: Uint8Array, json: unknown): unknown {
  const payload = attempt(() => decodePayload(bytes));
  if (payload) return { sparkplug: readable(payload) };
  return json === undefined ? { hex: Buffer.from(bytes).toString('hex').slice(0, 4000) } : { json };
}

const empty = {
  gateway: '',
  machine: '',
  source: '',
  mapping: '0'.repeat(64),
  gateway_time_ns: '0',
  marks: [],
  observations: [],
  gaps: [],
};

function withoutPlace(batch: Record<string, Json | undefined>): Record<string, unknown> {
  const { v: _1, epoch: _2, seq: _3, prev: _4, ...rest } = batch;
  return rest;
}

function ofPoint(point: z.input<typeof MachineObservationJson>): Record<string, unknown> {
  const { machine, source, gateway, gateway_time_ns, mapping, ...observation } = point;
  return { ...empty, machine, source, gateway, gateway_time_ns, mapping, observations: [observation] };
}

/** With what JSON has no form for written as text. */
function readable(value: unknown): unknown {
  const text = JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member === 'bigint') return member.toString();
    return member instanceof Uint8Array
      ? `hex:${Buffer.from(member).toString('hex').slice(0, 4000)}`
      : member;
  });
  return JSON.parse(text) as unknown;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
