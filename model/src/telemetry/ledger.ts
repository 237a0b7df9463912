import { z } from 'zod';
import { Slug } from '../slug.ts';
import { nanosecondsJson } from '../time.ts';
import { epochPattern, SignedBatchJson } from './batch.ts';
import { Entry } from './entry.ts';
import { Publication } from './publication.ts';

/**
 * A stretch of a gateway's sequence that is not in the ledger although it existed, and never will be: the gateway
 * no longer has it, its epoch ended before it was sent, or damage took it from the ledger and its epoch is over.
 */
export const Loss = z.strictObject({
  gateway: Slug,
  epoch: z.string().regex(epochPattern),
  from_seq: z.int().min(0),
  to_seq: z.int().min(0),
  reason: z.enum(['not_retained', 'epoch_ended', 'damaged']),
});
export type Loss = z.output<typeof Loss>;

/** Records that no longer read back as they were written. */
export const Damaged = z.strictObject({
  from_offset: z.int().min(0),
  /** One past the last of them. */
  to_offset: z.int().min(1),
});
export type Damaged = z.output<typeof Damaged>;

/**
 * What the retention has deleted: all records below an offset. It keeps what the rest needs to be verified:
 * where each gateway's chain stood, and the SHA-256 of the last line that is gone.
 */
export const Retired = z.strictObject({
  below_offset: z.int().min(1),
  /** When the ledger had taken in the last of them. */
  received_to_ns: nanosecondsJson,
  last_line: z.string(),
  gateways: z.record(
    Slug,
    z.strictObject({
      epoch: z.string().regex(epochPattern),
      seq: z.int().min(0),
      digest: z.string(),
    }),
  ),
});
export type Retired = z.output<typeof Retired>;

/**
 * What a person made of bytes that ingest had put into quarantine. The batch is signed by the ledger's own key, for
 * no gateway said it so; its marks contain `resubmitted`, and its epoch, number and `prev` mean nothing.
 */
export const Resubmission = z.strictObject({
  author: z.string().min(1).max(200),
  reason: z.string().min(1).max(2000),
  /** SHA-256 of the bytes in quarantine. */
  original: z.string().regex(/^[0-9a-f]{64}$/),
  batch: SignedBatchJson,
});

/** `series_budget`: it would have brought more new series than the gateway may have. */
export const HeldReason = z.enum(['series_budget']);
export type HeldReason = z.output<typeof HeldReason>;

const position = {
  /** The record's place in the ledger: 0, 1, 2 … without holes. A feed is resumed by the next one wanted. */
  offset: z.int().min(0),
  /** When the ledger took it in, by ingest's clock. */
  received_ns: nanosecondsJson,
};

/**
 * What the ledger holds, in the order in which it came. One line of the feed is one record as JSON. A plant
 * record carries the whole text of a plant file, valid from when it was received. A `damaged` record stands in the
 * feed for each record that does not read back, with `received_ns` 0; another one is appended when that is found.
 */
export const LedgerRecordJson = z.discriminatedUnion('kind', [
  z.strictObject({
    ...position,
    kind: z.literal('batch'),
    batch: SignedBatchJson,
    /** Present when no store takes it until a person has decided: it keeps its number in the gateway's chain. */
    held: HeldReason.optional(),
  }),
  z.strictObject({ ...position, kind: z.literal('entry'), entry: Entry }),
  z.strictObject({ ...position, kind: z.literal('plant'), digest: z.string(), yaml: z.string() }),
  z.strictObject({ ...position, kind: z.literal('loss'), loss: Loss }),
  z.strictObject({ ...position, kind: z.literal('damaged'), damaged: Damaged }),
  z.strictObject({ ...position, kind: z.literal('retired'), retired: Retired }),
  z.strictObject({ ...position, kind: z.literal('resubmission'), resubmission: Resubmission }),
  z.strictObject({ ...position, kind: z.literal('publication'), publication: Publication }),
]);
export type LedgerRecordJson = z.input<typeof LedgerRecordJson>;
