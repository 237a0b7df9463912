import { expect, test } from 'vitest';
import { stalls } from '../src/feed/health.ts';

const now = 1_767_225_600_000;
const well = {
  broker: { connected: true, since_ms: now - 1e9 },
  ledger: undefined,
  projection: { stalled_ms: 0 },
};

test.each([
  ['nothing', {}, []],
  ['a broker that was lost just now', { broker: { connected: false, since_ms: now - 29_000 } }, []],
  [
    'a broker that is away',
    { broker: { connected: false, since_ms: now - 31_000 } },
    [{ stage: 'broker', since: '2025-12-31T23:59:29.000Z' }],
  ],
  [
    'a disk that is full',
    { ledger: { since_ms: now } },
    [{ stage: 'ledger', since: '2026-01-01T00:00:00.000Z' }],
  ],
  ['a store that takes its time', { projection: { stalled_ms: 30_000 } }, []],
  [
    'a store that takes nothing',
    { projection: { stalled_ms: 60_000 } },
    [{ stage: 'projection', since: '2025-12-31T23:59:00.000Z' }],
  ],
  ['a service without a store', { projection: undefined }, []],
])('a service is held up by %s', (_, change, expected) => {
  expect(stalls({ ...well, ...change }, now)).toEqual(expected);
});
