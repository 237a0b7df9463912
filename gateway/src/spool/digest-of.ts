import type { SignedBatch } from '@benchline/model';
import type { Life } from './life.ts';
import type { RecentBatches } from './recent.ts';

/**
 * The digest of a batch of a spool. Of one that does not read back, as the batch behind it says; undefined when that
 * one is gone as well.
 */
export async function digestOf(seq: number, life: Life, recent: RecentBatches): Promise<string | undefined> {
  const batchAt = async (at: number): Promise<SignedBatch | undefined> => {
    const found = recent.get(at) ?? (await life.reader.read(at, 1)).records[0]?.batch;
    return found?.content.seq === at ? found : undefined;
  };
  const known = await batchAt(seq);
  if (known) return known.digest;
  return seq + 1 === life.head.seq ? life.head.prev : (await batchAt(seq + 1))?.content.prev;
}
