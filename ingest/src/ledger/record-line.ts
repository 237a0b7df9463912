import type { HeldReason, LedgerRecordJson, Loss, SignedBatch } from '@benchline/model';

type Recorded<Kind extends LedgerRecordJson['kind']> = Omit<
  Extract<LedgerRecordJson, { kind: Kind }>,
  'offset' | 'received_ns'
>;

/** A record before the ledger has given it its place and time. */
export type Draft =
  /** `canonical` is the text of the batch's content that its digest is of. */
  | { kind: 'batch'; batch: SignedBatch; canonical: string; held?: HeldReason }
  | Recorded<'plant'>
  | Recorded<'entry'>
  | { kind: 'loss'; loss: Loss }
  | Recorded<'damaged'>
  | Recorded<'retired'>
  | Recorded<'resubmission'>
  | Recorded<'publication'>;

/** One line of the ledger, without its line end: the bytes that are fsynced, and those that the feed serves. */
export function encodeRecord(draft: Draft, offset: number, received_ns: bigint): Uint8Array {
  const place = `{"offset":${offset},"received_ns":"${received_ns}"`;
  if (draft.kind !== 'batch') return Buffer.from(`${place},${JSON.stringify(draft).slice(1)}`);
  const { digest, key_id, signature } = draft.batch;
  // The content as it was signed: whoever has the line can hash it without writing it anew.
  const proof = JSON.stringify({ digest, key_id, signature }).slice(1);
  const held = draft.held === undefined ? '' : `,"held":"${draft.held}"`;
  return Buffer.from(`${place},"kind":"batch"${held},"batch":{"content":${draft.canonical},${proof}}`);
}

/** What stands in the feed for a record that does not read back: the same line whoever asks, and when. */
export function damagedLine(offset: number): Uint8Array {
  const damaged = { from_offset: offset, to_offset: offset + 1 };
  return encodeRecord({ kind: 'damaged', damaged }, offset, 0n);
}

/** Reads a line that this ledger wrote; its shape was checked on the way in. */
export function decodeRecord(line: Uint8Array): LedgerRecordJson {
  const text = Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('utf8');
  return JSON.parse(text) as LedgerRecordJson;
}
