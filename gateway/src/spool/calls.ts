import type { BatchDraft } from './port.ts';
import type { Head, SealedBatch, Sealer } from './seal.ts';

/** Observations in one commit at most, unless a single call has more. */
const maxGroup = 20_000;

/** Somebody's drafts, waiting for their commit. */
export interface Call {
  drafts: readonly BatchDraft[];
  resolve(lastSeq: number): void;
  reject(error: unknown): void;
}

/** Takes the calls for one commit off a queue: at least one, together no more than is good for a commit. */
export function takeGroup(queue: Call[]): Call[] {
  let observations = 0;
  const end = queue.findIndex((call, index) => {
    observations += call.drafts.reduce((sum, draft) => sum + draft.observations.length, 0);
    return index > 0 && observations > maxGroup;
  });
  return queue.splice(0, end === -1 ? queue.length : end);
}

/** Seals what calls bring behind `from`. A call that cannot be sealed is rejected, and the others go on without it. */
export function sealGroup(group: readonly Call[], from: Head, sealer: Sealer) {
  const sealed: SealedBatch[] = [];
  const settled: (() => void)[] = [];
  let head = from;
  for (const call of group) {
    try {
      const part = sealer.seal(call.drafts, head);
      sealed.push(...part.sealed);
      ({ head } = part);
      const lastSeq = head.seq - 1;
      settled.push(() => call.resolve(lastSeq));
    } catch (error) {
      call.reject(error);
    }
  }
  return { sealed, head, settled };
}
