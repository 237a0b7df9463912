import { type Log, nsFromMs } from '@benchline/model';
import { z } from 'zod';
import type { Ledger } from './ledger.ts';
import type { Draft } from './record-line.ts';
import type { Summary } from './summary.ts';

export const RetentionConfig = z
  .strictObject({
    keep_days: z
      .number()
      .min(1)
      .max(36_500)
      .optional()
      .describe('Records taken in longer ago than this may be deleted; kept for ever if absent'),
    max_bytes: z
      .int()
      .min(64 << 20)
      .optional()
      .describe('The oldest records are deleted while the ledger is larger than this; no bound if absent'),
  })
  .describe(
    'What the ledger may forget. It is deleted a whole segment at a time, and never what a store or a registered reader has not read',
  );
export type RetentionConfig = z.output<typeof RetentionConfig>;

const day_ms = 86_400_000;

/**
 * The offset below which a policy wants records gone.
 * @param summaries of the segments, oldest first; the last one is written to and stays.
 */
export function wantedFloor(
  policy: RetentionConfig,
  summaries: readonly Pick<Summary, 'end' | 'bytes' | 'received_to_ns'>[],
  now_ms: number,
): number {
  const { keep_days, max_bytes = Number.POSITIVE_INFINITY } = policy;
  const oldest_ns = keep_days === undefined ? 0n : nsFromMs(now_ms - keep_days * day_ms);
  let bytes = summaries.reduce((sum, summary) => sum + summary.bytes, 0);
  let floor = 0;
  for (const summary of summaries.slice(0, -1)) {
    const old = BigInt(summary.received_to_ns ?? 0) < oldest_ns;
    if (!old && bytes <= max_bytes) break;
    floor = summary.end;
    bytes -= summary.bytes;
  }
  return floor;
}

/**
 * Deletes what a policy wants gone, once the ledger itself says so.
 * @param held the lowest offset that somebody still has to read.
 * @param plant the plant file in force, recorded anew when its record goes.
 * @throws BenchlineError when the ledger cannot be written: nothing is deleted then.
 */
export async function retire(
  ledger: Ledger,
  policy: RetentionConfig,
  { held, plant, log, now_ms }: { held: number; plant: Draft; log: Log; now_ms: number },
): Promise<void> {
  const { summaries } = ledger.book;
  const wanted = Math.min(wantedFloor(policy, summaries, now_ms), held);
  const last = summaries.findLast(({ end }) => end <= wanted);
  if (!last || last.end <= ledger.floor) return;
  const below_offset = last.end;
  const planted = ledger.book.plant?.offset ?? -1;
  await ledger.append([
    ...(planted < below_offset ? [plant] : []),
    {
      kind: 'retired',
      retired: {
        below_offset,
        received_to_ns: last.received_to_ns ?? '0',
        last_line: (await ledger.lineDigest(below_offset - 1)) ?? '',
        gateways: ledger.book.headsBelow(below_offset),
      },
    },
  ]);
  await ledger.trim(below_offset);
  log.info({ below_offset }, 'the retention has deleted the oldest records of the ledger');
}
