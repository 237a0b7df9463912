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

describe('a calendar over the year', () => {
  const plant = Calendar.parse({
    id: 'c',
    shifts: [{ id: 'day', name, days: ['mon', 'tue', 'wed', 'thu', 'fri'], start: '08:00', end: '16:00' }],
    versions: [
      { valid_from: '2026-10-12', shifts: [{ id: 'day', name, start: '07:00', end: '15:00' }] },
      {
        valid_from: '2026-11-02',
        cycle: { start: '2026-11-02', days: 6 },
        shifts: [
          { id: 'day', name, cycle_days: [1, 2, 3, 4], start: '06:00', end: '18:00' },
          { id: 'night', name, cycle_days: [2, 3], start: '18:00', end: '06:00' },
        ],
      },
    ],
    exceptions: [
      { date: '2026-10-01', until: '2026-10-08', name: { en: 'National Day', zh: '国庆节' } },
      { date: '2026-09-27', name: { en: 'Make-up day', zh: '调休上班' }, shifts: ['day'] },
    ],
    overtime: [{ id: 'rush', name, date: '2026-10-03', start: '20:00', end: '02:00', breaks: [] }],
    planned_maintenance: [{ name, from: '2026-10-13T09:00', to: '2026-10-13T10:30' }],
  });
  const planned = (date: string, until = date) => {
    const next = new Date(Date.parse(until) + 86_400_000).toISOString().slice(0, 10);
    return iso(
      plannedIntervals(plant, 'Asia/Shanghai', window(`${date}T00:00:00+08:00`, `${next}T00:00:00+08:00`)),
    );
  };

  test('works on the Sunday that makes up for a holiday', () => {
    expect(planned('2026-09-27')).toEqual(['2026-09-27T00:00:00.000Z/2026-09-27T08:00:00.000Z']);
    expect(planned('2026-09-20')).toEqual([]);
  });

  test('rests on holidays, but for overtime, which ends on the day after', () => {
    expect(planned('2026-10-01', '2026-10-02')).toEqual([]);
    expect(planned('2026-10-03', '2026-10-04')).toEqual([
      '2026-10-03T12:00:00.000Z/2026-10-03T18:00:00.000Z',
    ]);
    expect(planned('2026-10-09')).toEqual(['2026-10-09T00:00:00.000Z/2026-10-09T08:00:00.000Z']);
  });

  test('changes its shifts from a date on, and not before', () => {
    expect(planned('2026-10-11')).toEqual([]);
    expect(planned('2026-10-12')).toEqual(['2026-10-11T23:00:00.000Z/2026-10-12T07:00:00.000Z']);
  });

  test('leaves planned maintenance out of the planned busy time', () => {
    expect(planned('2026-10-13')).toEqual([
      '2026-10-12T23:00:00.000Z/2026-10-13T01:00:00.000Z',
      '2026-10-13T02:30:00.000Z/2026-10-13T07:00:00.000Z',
    ]);
  });

  test('rotates whatever the weekday', () => {
    // Days 1 to 6 of the second cycle: 12, 24, 24, 12 h of work begin, then two free days.
    const begun = ['08', '09', '10', '11', '12', '13'].map((day) =>
      shiftsOverlapping(
        plant,
        'Asia/Shanghai',
        window(`2026-11-${day}T00:00:00+08:00`, `2026-11-${day}T23:59:00+08:00`),
      )
        .filter(({ date }) => date === `2026-11-${day}`)
        .map(({ shift }) => shift.id),
    );
    expect(begun).toEqual([['day'], ['day', 'night'], ['day', 'night'], ['day'], [], []]);
  });

  test('of two years has the hours that a count of its dates gives', () => {
    const dates = Array.from({ length: 300 }, (_, i) => new Date(Date.UTC(2026, 0, 1 + i)));
    const expected = dates
      .map((date) => date.toISOString().slice(0, 10))
      .map((date, i) => {
        const sunday = dates[i]?.getUTCDay() === 0;
        const weekend = sunday || dates[i]?.getUTCDay() === 6;
        if (date === '2026-10-03') return 6;
        if (date >= '2026-10-01' && date <= '2026-10-08') return 0;
        if (date === '2026-09-27') return 8;
        if (date >= '2026-10-12') return date === '2026-10-13' ? 6.5 : 8;
        return weekend ? 0 : 8;
      });
    const all = plannedIntervals(
      plant,
      'Asia/Shanghai',
      window('2026-01-01T00:00:00+08:00', '2026-10-28T00:00:00+08:00'),
    );
    expect(hours(all)).toBe(expected.reduce((sum: number, h) => sum + h, 0));
  });
});
