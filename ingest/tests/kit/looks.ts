import type { LedgerRecordJson } from '@benchline/model';
import { expect } from 'vitest';
import type { TestGateway } from './test-gateway.ts';

/** The numbers of the batches among some records, of one epoch if named. */
export function batchSeqs(all: readonly LedgerRecordJson[], epoch?: string): number[] {
  return all.flatMap((r) =>
    r.kind === 'batch' && (epoch === undefined || r.batch.content.epoch === epoch)
      ? [r.batch.content.seq]
      : [],
  );
}

/** Waits until the ledger has said that it holds a gateway's batches up to a number. */
export async function upTo(gateway: TestGateway, seq: number): Promise<void> {
  await expect.poll(() => gateway.acked, { timeout: 5000 }).toBe(seq);
}

export const range = (n: number) => Array.from({ length: n }, (_, i) => i);
