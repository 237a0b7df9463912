import { generateKeyPair, type SignedBatch, signingKey, trustedKeys, verifyBatch } from '@benchline/model';
import type { BatchDraft } from '../../src/spool/port.ts';

const pair = generateKeyPair();
export const gatewayKey = signingKey(pair.privatePem);
export const trustedGateways = trustedKeys({ 'gw-1': pair.publicPem });

export const second = 1_000_000_000n;

/** What a source saw in one second of source time: `n` numbers it. */
export function draftOf(n: number, more: Partial<BatchDraft> = {}): BatchDraft {
  const until_ns = BigInt(n + 1) * second;
  return {
    gateway_time_ns: until_ns,
    machine: 'mill-1',
    source: 'opc',
    mapping: 'ab'.repeat(32),
    marks: [],
    observations: [{ signal: 'power', source_time_ns: until_ns - 1n, ordinal: 0, value: n / 2, status: 0 }],
    gaps: [],
    observed: { from_ns: until_ns - second, until_ns },
    ...more,
  };
}

/** Checks as a ledger would: numbered without a hole, chained, signed. */
export function checkChain(batches: readonly SignedBatch[]): void {
  for (const [index, batch] of batches.entries()) {
    verifyBatch(batch, trustedGateways);
    const { seq, prev, epoch } = batch.content;
    const before = batches[index - 1];
    if (
      before &&
      (seq !== before.content.seq + 1 || prev !== before.digest || epoch !== before.content.epoch)
    )
      throw new Error(`batch ${seq} does not follow ${before.content.seq}`);
    if (seq === 0 && prev !== '') throw new Error('the first batch has a predecessor');
  }
}
