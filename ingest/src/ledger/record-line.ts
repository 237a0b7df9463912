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

/** What tells a batch from others. */
interface BatchMark {
  gateway: string;
  epoch: string;
  seq: number;
  digest: string;
}

const lineStart = /^\{"offset":\d+,"received_ns":"\d+","kind":"(\w+)"/;
const batchStart = /^(?:,"held":"\w+")?,"batch":\{"content":\{"epoch":"([^"\\]+)"/;
const batchEnd =
  /,"seq":(\d+),"source":"[^"\\]+","v":1\},"digest":"([^"\\]+)","key_id":"[^"\\]+","signature":"[^"\\]+"\}\}$/;
const gatewayKey = '"gateway":"';
/** As much of a line's start, and of its end, as these need. */
const startBytes = 200;
const endBytes = 600;

/**
 * What a line is of, when it is of a batch. Its ends say so: the content is canonical, with its keys in order, and no
 * text of a plant comes before `gateway` or after `seq`. Reading thousands of lines whole takes seconds.
 */
export function batchMarkOf(line: Uint8Array): BatchMark | undefined {
  const bytes = Buffer.from(line.buffer, line.byteOffset, line.byteLength);
  const start = bytes.toString('latin1', 0, startBytes);
  const [place, kind] = lineStart.exec(start) ?? [];
  if (place !== undefined && kind !== 'batch') return undefined;
  const epoch = place === undefined ? undefined : batchStart.exec(start.slice(place.length))?.[1];
  const [, seq, digest] = batchEnd.exec(bytes.toString('latin1', Math.max(0, bytes.length - endBytes))) ?? [];
  const at = bytes.indexOf(gatewayKey) + gatewayKey.length;
  const gateway = bytes.toString('latin1', at, bytes.indexOf('"', at));
  if (epoch !== undefined && seq !== undefined && digest !== undefined)
    return { gateway, epoch, seq: Number(seq), digest };
  const record = decodeRecord(line);
  if (record.kind !== 'batch') return undefined;
  const { content } = record.batch;
  return {
    ...{ gateway: content.gateway, epoch: content.epoch, seq: content.seq },
    digest: record.batch.digest,
  };
}
