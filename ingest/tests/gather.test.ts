import { type Batch, nsFromIso } from '@benchline/model';
import { expect, test } from 'vitest';
import { type Draft, encodeRecord } from '../src/ledger/record-line.ts';
import { gather } from '../src/projection/gather.ts';
import { batchDraft } from './kit/drafts.ts';

const received_ns = nsFromIso('2026-03-02T08:00:01Z');
const gateway_time_ns = nsFromIso('2026-03-02T08:00:00.5Z');

const record = (content: Partial<Batch>, held?: 'series_budget') =>
  batchDraft({ gateway_time_ns, ...content }, held);

function ledgerOf(drafts: readonly Draft[]) {
  const records = drafts.map((draft, position) => ({
    position,
    data: encodeRecord(draft, position, received_ns),
  }));
  const read = (from: number) => Promise.resolve(records.slice(from));
  return { next: records.length, read };
}

const reading = (iso: string, signal = 'power') => ({
  signal,
  source_time_ns: nsFromIso(iso),
  ordinal: 0,
  value: 1,
  status: 0,
});

test('a store gets impossible times placed, with what was stated, and nothing of what is held back', async () => {
  const { write } = await gather(
    ledgerOf([
      record({ observations: [reading('2000-01-01T00:00:00Z'), reading('2026-03-02T08:00:00Z', 'parts')] }),
      record({ seq: 1, observations: [reading('2026-03-02T08:00:00Z', 'bomb')] }, 'series_budget'),
    ]),
    0,
  );
  expect(write.observations.map((o) => o.signal)).toEqual(['power', 'parts']);
  const [power, parts] = write.observations;
  expect(power?.stated_time_ns).toBe(nsFromIso('2000-01-01T00:00:00Z'));
  expect(gateway_time_ns - (power?.source_time_ns ?? 0n)).toBeLessThan(1_000_000_007n);
  expect(parts).not.toHaveProperty('stated_time_ns');
});
