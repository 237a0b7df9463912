import { type LedgerRecordJson, type Loss, type SignedBatch, signedBatchToJson } from '@benchline/model';

/** A record before the ledger has given it its place and time. */
export type Draft =
  | { kind: 'batch'; batch: SignedBatch }
  | { kind: 'plant'; digest: string; yaml: string }
  | { kind: 'loss'; loss: Loss };

/** One line of the ledger, without its line end: the bytes that are fsynced, and those that the feed serves. */
export function encodeRecord(draft: Draft, offset: number, received_ns: bigint): Uint8Array {
  const body = draft.kind === 'batch' ? { kind: draft.kind, batch: signedBatchToJson(draft.batch) } : draft;
  return Buffer.from(JSON.stringify({ offset, received_ns: received_ns.toString(), ...body }));
}

/** Reads a line that this ledger wrote; its shape was checked on the way in. */
export function decodeRecord(line: Uint8Array): LedgerRecordJson {
  const text = Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('utf8');
  return JSON.parse(text) as LedgerRecordJson;
}
