import { z } from 'zod';
import { BenchlineError } from '../error.ts';
import type { SigningKey, TrustedKeys } from '../keys/keys.ts';
import { Slug } from '../slug.ts';
import { nanosecondsJson } from '../time.ts';
import { type Batch, epochPattern, type SignedBatch } from './batch.ts';
import { parseBoundedJson } from './bounded-json.ts';
import { canonicalJson, type Json, sha256Hex } from './canonical.ts';
import { batchSigningInput, canonicalBatch } from './canonical-batch.ts';

/** Signs a batch's content with the gateway's key. */
export function signBatch(content: Batch, key: SigningKey): SignedBatch {
  return signCanonical(content, canonicalBatch(content), key);
}

/** The same for who has the canonical text of the content already. */
export function signCanonical(content: Batch, canonical: string, key: SigningKey): SignedBatch {
  const digest = sha256Hex(canonical);
  return { content, digest, key_id: key.id, signature: key.sign(batchSigningInput(digest)) };
}

/** A signed batch as JSON text, with the content as it was signed: whoever has the text can hash it as it is. */
export function signedBatchText({ digest, key_id, signature }: SignedBatch, canonical: string): string {
  return `{"content":${canonical},${JSON.stringify({ digest, key_id, signature }).slice(1)}`;
}

/**
 * Recomputes a batch's digest and verifies its signature with the key trusted for its gateway. Returns the
 * canonical text of the content, which is what the digest is of.
 * @throws BenchlineError `batch_malformed`, `key_unknown` or `signature_invalid`.
 */
export function verifyBatch(batch: SignedBatch, trusted: TrustedKeys): string {
  const text = canonicalBatch(batch.content);
  if (sha256Hex(text) !== batch.digest)
    throw new BenchlineError('batch_malformed', 'the content does not have the digest that the batch states');
  trusted.verify(batch.content.gateway, batch.key_id, batchSigningInput(batch.digest), batch.signature);
  return text;
}

/**
 * Ingest's word that everything up to `seq` of an epoch is fsynced in its ledger. `seq` −1 and digest '' mean
 * that it holds nothing of the epoch: the gateway then sends again from the oldest batch that it still has.
 * Published on `ackTopic(gateway)`, signed by the ledger's key.
 */
export const Acknowledgement = z.strictObject({
  v: z.literal(1),
  ledger_id: Slug,
  gateway: Slug,
  epoch: z.string().regex(epochPattern),
  seq: z.int().min(-1),
  digest: z.string().regex(/^([0-9a-f]{64})?$/),
  at_ns: nanosecondsJson,
});
export type Acknowledgement = z.output<typeof Acknowledgement>;

/**
 * What a gateway has to offer, said when it connects and whenever it rewinds: batches `floor_seq` … `next_seq` − 1
 * of its epoch are in its spool. A floor above what ingest holds is a loss that ingest records.
 */
export const Hello = z.strictObject({
  v: z.literal(1),
  gateway: Slug,
  epoch: z.string().regex(epochPattern),
  floor_seq: z.int().min(0),
  next_seq: z.int().min(0),
  at_ns: nanosecondsJson,
});
export type Hello = z.output<typeof Hello>;

const Envelope = z.strictObject({ body: z.string(), key_id: z.string(), signature: z.string() });

/** Hellos and acknowledgements have a few hundred characters, a report some thousand. */
const sealedBounds = { length: 65_536, depth: 16 };

/** A kind of signed message. The label keeps one kind from being taken for another. */
export function sealer<T extends z.ZodType>(label: string, schema: T, signer: (body: z.output<T>) => string) {
  const input = (body: string) => `benchline/${label}/1\n${body}\n`;
  return {
    /** The message as text: `{ body, key_id, signature }`, where body is canonical JSON. */
    seal(content: z.output<T>, key: SigningKey): string {
      const body = canonicalJson(z.encode(schema, content) as Json);
      return JSON.stringify({ body, key_id: key.id, signature: key.sign(input(body)) });
    },
    /** @throws BenchlineError `batch_malformed`, `key_unknown` or `signature_invalid`. */
    open(text: string, trusted: TrustedKeys): z.output<T> {
      let envelope: z.output<typeof Envelope>;
      let content: z.output<T>;
      try {
        envelope = Envelope.parse(parseBoundedJson(text, sealedBounds));
        content = schema.parse(parseBoundedJson(envelope.body, sealedBounds));
      } catch (cause) {
        throw new BenchlineError('batch_malformed', `not a signed ${label}`, { cause });
      }
      trusted.verify(signer(content), envelope.key_id, input(envelope.body), envelope.signature);
      return content;
    },
  };
}

export const acknowledgementSeal = sealer('ack', Acknowledgement, (a) => a.ledger_id);
export const helloSeal = sealer('hello', Hello, (h) => h.gateway);

/** Where ingest publishes its acknowledgements to a gateway (retained, QoS 1). */
export function ackTopic(gateway: Slug): string {
  return `benchline/v1/ack/${gateway}`;
}
