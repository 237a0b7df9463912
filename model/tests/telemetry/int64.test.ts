import fc from 'fast-check';
import { expect, it } from 'vitest';
import { int64Of } from '../../src/telemetry/int64.ts';

const [least, most] = [-(2n ** 63n), 2n ** 63n - 1n];

it('reads every int64 as BigInt does, whatever was read before', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: least, max: most }), (n) => {
      expect(int64Of(String(n))).toBe(n);
    }),
  );
  for (const n of [0n, 9n, -9n, 10n ** 9n, -(10n ** 9n), 10n ** 18n, least, most])
    expect(int64Of(String(n))).toBe(n);
});

it('refuses what is written in another way, or does not fit', () => {
  const others = [
    '',
    '-',
    '+1',
    '-0',
    '00',
    '01',
    '-01',
    ' 1',
    '1 ',
    '1.0',
    '1e3',
    '0x10',
    '\u0661',
    '1_000',
  ];
  for (const text of [...others, String(most + 1n), String(least - 1n), '1'.repeat(20)])
    expect([text, int64Of(text)]).toEqual([text, undefined]);
});

it('agrees with a pattern and BigInt on any text of digits and what stands near them', () => {
  const text = fc.string({ unit: fc.constantFrom(...'0123456789-+.:/'.split('')), maxLength: 21 });
  const written = /^(0|-?[1-9]\d{0,18})$/;
  fc.assert(
    fc.property(text, (some) => {
      const integer = written.test(some) ? BigInt(some) : undefined;
      expect(int64Of(some)).toBe(
        integer !== undefined && integer >= least && integer <= most ? integer : undefined,
      );
    }),
    { numRuns: 500 },
  );
});
