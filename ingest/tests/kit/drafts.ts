import { type Batch, canonicalBatch, generateKeyPair, signBatch, signingKey } from '@benchline/model';
import type { Draft } from '../../src/ledger/record-line.ts';

const key = signingKey(generateKeyPair().privatePem);

/** A record of a batch that says nothing but what it is told to. */
export function batchDraft(content: Partial<Batch>, held?: 'series_budget'): Draft {
  const batch: Batch = {
    v: 1,
    gateway: 'gateway-1',
    epoch: '018000000000-00000000',
    seq: 0,
    prev: '',
    gateway_time_ns: 5n,
    machine: 'mill',
    source: 'opc',
    mapping: 'ab'.repeat(32),
    marks: [],
    observations: [],
    gaps: [],
    ...content,
  };
  const draft = { kind: 'batch' as const, batch: signBatch(batch, key), canonical: canonicalBatch(batch) };
  return held ? { ...draft, held } : draft;
}
