/** A calendar day somewhere: `2026-03-01`. */
export type LocalDate = string;

const dayMs = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** What a wall clock in the zone shows at an instant, as ms since 1970 as if it were UTC. */
function wallClock(zone: string, time_ms: number): number {
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
  const part = Object.fromEntries(
    format.formatToParts(time_ms).map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** The day that it is in the zone at an instant (ms since 1970). */
export function localDateAt(zone: string, time_ms: number): LocalDate {
  return new Date(wallClock(zone, Math.floor(time_ms / 1000) * 1000)).toISOString().slice(0, 10);
}

export function nextDate(date: LocalDate): LocalDate {
  return new Date(Date.parse(date) + dayMs).toISOString().slice(0, 10);
}

/** 0 for Monday … 6 for Sunday. */
export function weekdayOf(date: LocalDate): number {
  return (new Date(date).getUTCDay() + 6) % 7;
}

/**
 * The instant (ms since 1970) at which the zone's wall clock shows so many minutes after the day's midnight. A time
 * that a change to summer time skips is taken as much later; one that occurs twice is taken the first time.
 */
export function instantOf(zone: string, date: LocalDate, minutes: number): number {
  const wall = Date.parse(date) + minutes * 60_000;
  const offsets = [wall - dayMs, wall + dayMs].map((near) => wallClock(zone, near) - near);
  const candidates = offsets.map((offset) => wall - offset);
  return candidates.find((time) => wallClock(zone, time) === wall) ?? Math.max(...candidates);
}
