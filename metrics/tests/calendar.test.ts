import { Calendar, isoFromNs, nsFromIso } from '@benchline/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  daysOverlapping,
  hoursOverlapping,
  plannedIntervals,
  shiftsOverlapping,
} from '../src/calendar/periods.ts';
import { civilOf, instantOf } from '../src/calendar/zone.ts';
import { type Interval, lengthOf } from '../src/intervals.ts';

const window = (from: string, to: string): Interval => ({ from_ns: nsFromIso(from), to_ns: nsFromIso(to) });
const iso = (intervals: readonly Interval[]) =>
  intervals.map((i) => `${isoFromNs(i.from_ns)}/${isoFromNs(i.to_ns)}`);
const hours = (intervals: readonly Interval[]) => Number(lengthOf(intervals)) / 3.6e12;
const name = { en: 'x' };
const calendar = (shifts: unknown[]) => Calendar.parse({ id: 'c', shifts });

const threeShifts = calendar([
  { id: 'early', name, start: '06:00', end: '14:00' },
  { id: 'late', name, start: '14:00', end: '22:00' },
  { id: 'night', name, start: '22:00', end: '06:00' },
]);
const roundTheClock = calendar([{ id: 'all', name, start: '00:00', end: '00:00' }]);

describe('days and hours of a site', () => {
  test('begin at local midnight', () => {
    expect(
      iso(daysOverlapping('Asia/Shanghai', window('2026-03-01T12:00:00Z', '2026-03-01T20:00:00Z'))),
    ).toEqual([
      '2026-02-28T16:00:00.000Z/2026-03-01T16:00:00.000Z',
      '2026-03-01T16:00:00.000Z/2026-03-02T16:00:00.000Z',
    ]);
  });

  test('have 23 and 25 hours where the clock changes', () => {
    const spring = daysOverlapping('Europe/Berlin', window('2026-03-29T10:00:00Z', '2026-03-29T11:00:00Z'));
    const autumn = daysOverlapping('Europe/Berlin', window('2026-10-25T10:00:00Z', '2026-10-25T11:00:00Z'));
    expect([hours(spring), hours(autumn)]).toEqual([23, 25]);
    expect(hoursOverlapping('Europe/Berlin', autumn[0]!)).toHaveLength(25);
  });

  test('leave out a date that a zone skipped', () => {
    // Samoa crossed the date line: there was no 30 December 2011.
    const days = daysOverlapping('Pacific/Apia', window('2011-12-29T12:00:00Z', '2011-12-31T09:00:00Z'));
    expect(
      days.map((d) => new Date(civilOf('Pacific/Apia', Number(d.from_ns / 1_000_000n))).getUTCDate()),
    ).toEqual([29, 31]);
  });
});

describe('a local time', () => {
  test('that is skipped stands for the moment of the jump', () => {
    expect(new Date(instantOf('Europe/Berlin', Date.UTC(2026, 2, 29, 2, 30))).toISOString()).toBe(
      '2026-03-29T01:00:00.000Z',
    );
  });

  test('that is shown twice stands for its first showing', () => {
    expect(new Date(instantOf('Europe/Berlin', Date.UTC(2026, 9, 25, 2, 30))).toISOString()).toBe(
      '2026-10-25T00:30:00.000Z',
    );
  });

  test('keeps its order', () => {
    const zones = fc.constantFrom(
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Shanghai',
      'Pacific/Apia',
    );
    const civil = fc.integer({ min: Date.UTC(2010, 0), max: Date.UTC(2030, 0) });
    fc.assert(
      fc.property(zones, civil, fc.integer({ min: 0, max: 7_200_000 }), (zone, at, later) => {
        expect(instantOf(zone, at + later)).toBeGreaterThanOrEqual(instantOf(zone, at));
      }),
    );
  });
});

describe('shifts', () => {
  test('over midnight belong to the date on which they begin', () => {
    const night = shiftsOverlapping(
      threeShifts,
      'Asia/Shanghai',
      window('2026-03-01T17:00:00Z', '2026-03-01T18:00:00Z'),
    );
    expect(night.map((s) => [s.shift.id, s.date, ...iso([s])])).toEqual([
      ['night', '2026-03-01', '2026-03-01T14:00:00.000Z/2026-03-01T22:00:00.000Z'],
    ]);
  });

  test('of a night over the end of daylight saving last nine hours, over its beginning seven', () => {
    const at = (day: string) =>
      hours(shiftsOverlapping(threeShifts, 'Europe/Berlin', window(`${day}T01:30:00Z`, `${day}T01:31:00Z`)));
    expect([at('2026-10-25'), at('2026-03-29'), at('2026-06-01')]).toEqual([9, 7, 8]);
  });

  test('take place on their weekdays only', () => {
    const workdays = calendar([{ id: 'day', name, days: ['mon', 'tue'], start: '08:00', end: '16:00' }]);
    const week = window('2026-03-01T16:00:00Z', '2026-03-08T16:00:00Z');
    expect(shiftsOverlapping(workdays, 'Asia/Shanghai', week).map((s) => s.date)).toEqual([
      '2026-03-02',
      '2026-03-03',
    ]);
  });
});

describe('planned busy time', () => {
  test('leaves out breaks, also those after midnight', () => {
    const night = calendar([
      {
        id: 'night',
        name,
        start: '22:00',
        end: '06:00',
        breaks: [
          { start: '23:45', end: '00:15' },
          { start: '02:00', end: '02:30' },
        ],
      },
    ]);
    expect(
      iso(plannedIntervals(night, 'UTC', window('2026-03-01T12:00:00Z', '2026-03-02T12:00:00Z'))),
    ).toEqual([
      '2026-03-01T22:00:00.000Z/2026-03-01T23:45:00.000Z',
      '2026-03-02T00:15:00.000Z/2026-03-02T02:00:00.000Z',
      '2026-03-02T02:30:00.000Z/2026-03-02T06:00:00.000Z',
    ]);
  });

  test('is counted once where shifts overlap; a break that another shift covers is planned', () => {
    const overlap = calendar([
      { id: 'a', name, start: '06:00', end: '14:00', breaks: [{ start: '13:00', end: '13:30' }] },
      { id: 'b', name, start: '12:00', end: '20:00' },
    ]);
    expect(
      hours(plannedIntervals(overlap, 'UTC', window('2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z'))),
    ).toBe(14);
  });

  test('is the whole window when planned around the clock, in any zone', () => {
    const zone = fc.constantFrom(
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'UTC',
    );
    const start = fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2028, 0) });
    fc.assert(
      fc.property(zone, start, fc.integer({ min: 1, max: 10 * 86_400_000 }), (z, from, span) => {
        const w = { from_ns: BigInt(from) * 1_000_000n, to_ns: BigInt(from + span) * 1_000_000n };
        expect(lengthOf(plannedIntervals(roundTheClock, z, w))).toBe(w.to_ns - w.from_ns);
        expect(lengthOf(plannedIntervals(threeShifts, z, w))).toBe(w.to_ns - w.from_ns);
        const cut = daysOverlapping(z, w).map((day) =>
          lengthOf(plannedIntervals(threeShifts, z, clip(day, w))),
        );
        expect(cut.reduce((a, b) => a + b, 0n)).toBe(w.to_ns - w.from_ns);
        adjoin(shiftsOverlapping(threeShifts, z, w));
        adjoin(hoursOverlapping(z, w));
      }),
      { numRuns: 50 },
    );
  });
});

function clip(a: Interval, b: Interval): Interval {
  return {
    from_ns: a.from_ns > b.from_ns ? a.from_ns : b.from_ns,
    to_ns: a.to_ns < b.to_ns ? a.to_ns : b.to_ns,
  };
}

function adjoin(periods: readonly Interval[]): void {
  for (const [i, period] of periods.entries()) if (i > 0) expect(period.from_ns).toBe(periods[i - 1]!.to_ns);
}
