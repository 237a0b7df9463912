import { type Json, type SignedBatch, signedBatchFromJson, signedBatchText } from '@benchline/model';

/** What one record of the spool says: a signed batch, and what its source left for resuming. */
export interface SpoolRecord {
  batch: SignedBatch;
  resume: string | undefined;
}

/**
 * The JSON of the signed batch; `resume` is one more member beside `content`, `digest`, `key_id`, `signature`.
 * @param canonical the canonical text of the batch's content.
 */
export function encodeRecord({ batch, resume }: SpoolRecord, canonical: string): Buffer {
  const text = signedBatchText(batch, canonical);
  const end = resume === undefined ? '' : `,"resume":${JSON.stringify(resume)}}`;
  return Buffer.from(end === '' ? text : text.slice(0, -1) + end, 'utf8');
}

/** Undefined for a record that another version wrote in a way that this one does not understand. */
export function decodeRecord(data: Uint8Array): SpoolRecord | undefined {
  try {
    const { resume, ...batch } = JSON.parse(Buffer.from(data).toString('utf8')) as Record<string, Json>;
    return { batch: signedBatchFromJson(batch), resume: typeof resume === 'string' ? resume : undefined };
  } catch {
    return undefined;
  }
}
