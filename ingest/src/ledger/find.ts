import type { Ledger } from './ledger.ts';
import { decodeRecord } from './record-line.ts';

const readBytes = 256 << 10;

/**
 * The digest under which a batch stands in the ledger; undefined when it is not there. Within a run a gateway's
 * numbers rise with the offset, so this is a binary search whose probes read on to the next batch of the gateway.
 */
export async function findDigest(
  ledger: Pick<Ledger, 'book' | 'read'>,
  gateway: string,
  batch: { epoch: string; seq: number },
): Promise<string | undefined> {
  for (const { from, to } of ledger.book.places(gateway, batch)) {
    let low = from;
    let high = to + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const found = await nextBatch(ledger, gateway, batch.epoch, middle, high);
      if (found === undefined || found.seq > batch.seq) high = middle;
      else if (found.seq < batch.seq) low = found.offset + 1;
      else return found.digest;
    }
  }
  return undefined;
}

async function nextBatch(
  ledger: Pick<Ledger, 'read'>,
  gateway: string,
  epoch: string,
  from: number,
  until: number,
) {
  let offset = from;
  while (offset < until) {
    const records = await ledger.read(offset, readBytes);
    for (const { position, data } of records) {
      if (position >= until) return undefined;
      const record = decodeRecord(data);
      if (record.kind !== 'batch') continue;
      const { content, digest } = record.batch;
      if (content.gateway === gateway && content.epoch === epoch)
        return { offset: position, seq: content.seq, digest };
    }
    if (records.length === 0) return undefined;
    offset += records.length;
  }
  return undefined;
}
