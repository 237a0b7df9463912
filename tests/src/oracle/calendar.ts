/**
 * The calendar of the synthetic month counted out by hand: what its shifts and windows are in UTC. It knows of
 * the plant's time zone only that its clocks go from 02:00 to 03:00 on 29 March 2026.
 */

export interface Span {
  from_ns: bigint;
  to_ns: bigint;
}

export interface Windows {
  months: readonly Span[];
  days: readonly Span[];
  shifts: readonly Span[];
  hours: readonly Span[];
}

const hour_ms = 3_600_000;
const day_ms = 24 * hour_ms;
const jump = Date.parse('2026-03-29T01:00:00Z');

/** The instant at which a clock of the plant shows `date` `clock`, ns. */
function berlin(date: string, clock: string): bigint {
  const shown = Date.parse(`${date}T${clock}:00Z`);
  const winter = shown - hour_ms;
  const instant = winter < jump ? winter : Math.max(jump, shown - 2 * hour_ms);
  return BigInt(instant) * 1_000_000n;
}

const dateOf = (day: number) =>
  new Date(Date.parse('2026-03-01T00:00:00Z') + (day - 1) * day_ms).toISOString().slice(0, 10);

const span = (date: string, from: string, to: string, nextDate = date): Span => ({
  from_ns: berlin(date, from),
  to_ns: berlin(nextDate, to),
});

/** Shifts of the two-shift calendar that begin on a day of March (0 and 32 are the days beside it), and their breaks. */
function shiftsOf(day: number): { shift: Span; pauses: Span[] }[] {
  if (day === 9 || day === 10) return [];
  const [date, next] = [dateOf(day), dateOf(day + 1)];
  const weekday = ((day % 7) + 7) % 7;
  // 1 March 2026 is a Sunday: days 0 and 1 of each seven are the weekend.
  const weekend = weekday === 0 || weekday === 1;
  const later = day >= 23;
  const shifts: { shift: Span; pauses: Span[] }[] = [];
  if (!weekend)
    shifts.push(
      later
        ? { shift: span(date, '06:30', '14:30'), pauses: [] }
        : { shift: span(date, '06:00', '14:00'), pauses: [span(date, '10:00', '10:30')] },
    );
  if (day === 21)
    shifts.push({ shift: span(date, '08:00', '13:00'), pauses: [span(date, '09:00', '09:15')] });
  if (day !== 16)
    shifts.push({ shift: span(date, '22:00', '06:00', next), pauses: [span(next, '02:00', '02:30')] });
  return shifts;
}

const allShifts = Array.from({ length: 34 }, (_, i) => shiftsOf(i - 1)).flat();
export const month: Span = { from_ns: berlin('2026-03-01', '00:00'), to_ns: berlin('2026-04-01', '00:00') };

/** A whole shift that nobody watched. */
export const lostShift: Span = span('2026-03-18', '22:00', '06:00', '2026-03-19');

/** Working time and what is cut out of it, by calendar: breaks, and maintenance that was planned. */
export const worked: Readonly<
  Record<'two-shift' | 'always', Record<'work' | 'pauses' | 'maintenance', Span[]>>
> = {
  'two-shift': {
    work: allShifts.map(({ shift }) => shift),
    pauses: allShifts.flatMap(({ pauses }) => pauses),
    maintenance: [span('2026-03-12', '07:00', '09:30')],
  },
  always: { work: [{ from_ns: month.from_ns, to_ns: month.to_ns }], pauses: [], maintenance: [] },
};

export const windows: Windows = {
  months: [month],
  days: Array.from({ length: 31 }, (_, i) => span(dateOf(i + 1), '00:00', '00:00', dateOf(i + 2))),
  shifts: allShifts
    .map(({ shift }) => shift)
    .filter((s) => s.from_ns >= month.from_ns && s.to_ns <= month.to_ns),
  hours: Array.from({ length: 743 }, (_, i) => ({
    from_ns: month.from_ns + BigInt(i) * 3_600_000_000_000n,
    to_ns: month.from_ns + BigInt(i + 1) * 3_600_000_000_000n,
  })),
};
