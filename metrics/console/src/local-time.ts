/**
 * Instants by the wall clock of a time zone. A wall clock's reading is a number: the milliseconds since 1970 that an
 * instant with this reading would have in UTC, so that days, months and years are counted by the methods of Date.
 */
export type Wall = number;

const formats = new Map<string, Intl.DateTimeFormat>();
const dayMs = 86_400_000;

export function wallAt(instant: Date, zone: string): Wall {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-u-ca-gregory-hc-h23', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formats.set(zone, format);
  }
  const parts = format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]);
  const {
    year = 0,
    month = 1,
    day = 1,
    hour = 0,
    minute = 0,
    second = 0,
  } = Object.fromEntries(parts) as Record<string, number>;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** What a change to summer time skips is taken as much later; what occurs twice is taken the first time. */
export function instantAt(wall: Wall, zone: string): Date {
  const offsets = [wall - dayMs, wall + dayMs].map((near) => wallAt(new Date(near), zone) - near);
  const candidates = offsets.map((offset) => wall - offset);
  const exact = candidates.find((time) => wallAt(new Date(time), zone) === wall);
  return new Date(exact ?? Math.max(...candidates));
}

export function dayOf(wall: Wall): Wall {
  return Math.floor(wall / dayMs) * dayMs;
}

export function plusDays(wall: Wall, days: number): Wall {
  return wall + days * dayMs;
}

/** The same day and time some months later; where that month is shorter, its last day. */
export function plusMonths(wall: Wall, months: number): Wall {
  const date = new Date(wall);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime();
}

/** Days since Monday. */
export function weekdayOf(wall: Wall): number {
  return (new Date(wall).getUTCDay() + 6) % 7;
}
