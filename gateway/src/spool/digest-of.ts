import type { Life } from './life.ts';
import type { BatchName, RecentBatches } from './recent.ts';

/**
 * The digest of a batch of a spool. Of one that does not read back, as the batch behind it says; undefined when that
 * one is gone as well.
 */
export async function digestOf(seq: number, life: Life, recent: RecentBatches): Promise<string | undefined> {
  const nameOf = async (at: number): Promise<Pick<BatchName, 'prev' | 'digest'> | undefined> => {
    const recently = recent.name(at);
    if (recently) return recently;
    const batch = (await life.reader.read(at, 1)).records[0]?.batch;
    return batch?.content.seq === at ? { prev: batch.content.prev, digest: batch.digest } : undefined;
  };
  const known = await nameOf(seq);
  if (known) return known.digest;
  return seq + 1 === life.head.seq ? life.head.prev : (await nameOf(seq + 1))?.prev;
}
