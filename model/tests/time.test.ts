import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fitsInt64,
  isoFromNs,
  msFromNs,
  nanosecondsJson,
  nsFromDate,
  nsFromIso,
  nsFromMs,
} from '../src/time.ts';

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

describe('nanoseconds and ISO 8601', () => {
  it('come back as they were, over all of int64', () => {
    fc.assert(
      fc.property(int64, (ns) => {
        expect(nsFromIso(isoFromNs(ns))).toBe(ns);
      }),
    );
  });

  it('agree with Date on whole milliseconds', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1678-01-01'), max: new Date('2261-01-01'), noInvalidDate: true }),
        (date) => {
          expect(isoFromNs(nsFromDate(date))).toBe(date.toISOString());
          expect(msFromNs(nsFromDate(date))).toBe(date.getTime());
          expect(nsFromMs(date.getTime())).toBe(nsFromDate(date));
        },
      ),
    );
  });

  it.each([
    ['2026-03-02T08:00:00+08:00', 1_772_409_600_000_000_000n],
    ['2026-03-02T00:00:00Z', 1_772_409_600_000_000_000n],
    ['2026-03-01T19:30:00.5-04:30', 1_772_409_600_500_000_000n],
    ['2026-03-02T00:00:00.000000001Z', 1_772_409_600_000_000_001n],
    ['1969-12-31T23:59:59.999999999Z', -1n],
    ['2026-03-02T08:00+08:00', 1_772_409_600_000_000_000n],
    ['2026-03-02T08:00:00+0800', 1_772_409_600_000_000_000n],
    ['2026-03-02T08:00:00+08', 1_772_409_600_000_000_000n],
  ])('read %s', (text, ns) => {
    expect(nsFromIso(text)).toBe(ns);
  });

  it.each([
    ['no offset', '2026-03-02T08:00:00'],
    ['no time', '2026-03-02'],
    ['ten digits', '2026-03-02T00:00:00.0000000001Z'],
    ['a day that February does not have', '2026-02-30T00:00:00Z'],
    ['a 25th hour', '2026-03-02T24:00:00Z'],
    ['a leap second', '2026-06-30T23:59:60Z'],
    ['a year past int64', '2300-01-01T00:00:00Z'],
    ['an offset of 99 hours', '2026-03-02T00:00:00+99:00'],
    ['words', 'yesterday'],
  ])('refuse %s', (_, text) => {
    expect(() => nsFromIso(text)).toThrow(RangeError);
  });

  it.each([
    [1_772_409_600_000_000_000n, '2026-03-02T00:00:00.000Z'],
    [1_772_409_600_000_001_000n, '2026-03-02T00:00:00.000001Z'],
    [1_772_409_600_000_000_001n, '2026-03-02T00:00:00.000000001Z'],
    [-1n, '1969-12-31T23:59:59.999999999Z'],
  ])('write %s', (ns, text) => {
    expect(isoFromNs(ns)).toBe(text);
  });
});

describe('milliseconds', () => {
  it('become exact nanoseconds at present-day times', () => {
    // 1 772 409 600 123 · 10⁶ as a double is 1772409600122999936.
    expect(nsFromMs(1_772_409_600_123)).toBe(1_772_409_600_123_000_000n);
    expect(nsFromMs(0.5)).toBe(500_000n);
    expect(nsFromMs(-0.5)).toBe(-500_000n);
  });

  it('round down before 1970 too', () => {
    expect(msFromNs(-1n)).toBe(-1);
    expect(msFromNs(-1_000_000n)).toBe(-1);
    expect(msFromNs(1_999_999n)).toBe(1);
  });
});

describe('nanoseconds in JSON', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(int64, (ns) => {
        expect(nanosecondsJson.parse(nanosecondsJson.encode(ns))).toBe(ns);
      }),
    );
  });

  it.each(['', '-0', '01', '+1', '1.0', '1e3', ' 1', '9223372036854775808', '-9223372036854775809'])(
    'are not %j',
    (text) => {
      expect(nanosecondsJson.safeParse(text).success).toBe(false);
    },
  );

  it('end at int64', () => {
    expect([2n ** 63n - 1n, -(2n ** 63n), 2n ** 63n, -(2n ** 63n) - 1n].map(fitsInt64)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
