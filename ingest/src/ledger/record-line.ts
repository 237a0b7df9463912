import { type LedgerRecordJson, type Loss, type SignedBatch, signedBatchText } from '@benchline/model';

/** A record before the ledger has given it its place and time. */
export type Draft =
  /** `canonical` is the text of the batch's content that its digest is of. */
  | { kind: 'batch'; batch: SignedBatch; canonical: string }
  | { kind: 'plant'; digest: string; yaml: string }
  | { kind: 'loss'; loss: Loss };

/** One line of the ledger, without its line end: the bytes that are fsynced, and those that the feed serves. */
export function encodeRecord(draft: Draft, offset: number, received_ns: bigint): Uint8Array {
  const place = `{"offset":${offset},"received_ns":"${received_ns}"`;
  if (draft.kind !== 'batch') return Buffer.from(`${place},${JSON.stringify(draft).slice(1)}`);
  return Buffer.from(`${place},"kind":"batch","batch":${signedBatchText(draft.batch, draft.canonical)}}`);
}

/** Reads a line that this ledger wrote; its shape was checked on the way in. */
export function decodeRecord(line: Uint8Array): LedgerRecordJson {
  const text = Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('utf8');
  return JSON.parse(text) as LedgerRecordJson;
}
