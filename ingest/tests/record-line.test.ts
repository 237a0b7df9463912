import type { Batch } from '@benchline/model';
import { expect, test } from 'vitest';
import { batchMarkOf, type Draft, decodeRecord, encodeRecord } from '../src/ledger/record-line.ts';
import { batchDraft } from './kit/drafts.ts';

const record = (content: Partial<Batch>, held?: 'series_budget') =>
  batchDraft({ seq: 7, prev: 'cd'.repeat(32), ...content }, held);

const said = (value: string) => ({ signal: 'note', source_time_ns: 1n, ordinal: 0, status: 0, value });
const otherEnd = `,"seq":9,"source":"x","v":1},"digest":"${'0'.repeat(64)}","key_id":"k","signature":"s"}}`;
const otherStart = '"gateway":"another","kind":"batch","batch":{"content":{"epoch":"ffff"';

test.each<[string, Draft]>([
  ['an empty one, the first of its epoch', record({ seq: 0, prev: '' })],
  ['one that was held back', record({}, 'series_budget')],
  ['one whose texts look like a line', record({ observations: [said(otherStart), said(otherEnd)] })],
  ['one with a long text at its end', record({ observations: [said(`${otherEnd} läuft `.repeat(40))] })],
  [
    'one with gaps and a claim',
    record({
      gaps: [{ from_ns: 1n, to_ns: 2n, reason: 'evicted' }],
      observed: { from_ns: 1n, until_ns: 2n },
    }),
  ],
])('what a line is of is read off its ends: %s', (_what, draft) => {
  const line = encodeRecord(draft, 12, 1_522_656_000_000_000_000n);
  const whole = decodeRecord(line);
  if (whole.kind !== 'batch') throw new Error('no batch');
  const { gateway, epoch, seq } = whole.batch.content;
  expect(batchMarkOf(line)).toEqual({ gateway, epoch, seq, digest: whole.batch.digest });
});

test('a line of another kind is of no batch, whatever it says', () => {
  expect(
    batchMarkOf(encodeRecord({ kind: 'plant', digest: 'd', yaml: otherStart + otherEnd }, 3, 1n)),
  ).toBeUndefined();
});
