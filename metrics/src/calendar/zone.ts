/**
 * Local time of IANA zones by `Intl`, which carries the zone database. A *civil* time is what a wall clock
 * shows, held as the milliseconds that the same reading would be in UTC.
 */

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  return format;
}

/** What a wall clock of the zone shows at an instant (Unix milliseconds). */
export function civilOf(zone: string, instantMs: number): number {
  const seconds = Math.floor(instantMs / 1000);
  const part: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of formatOf(zone).formatToParts(seconds * 1000)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (instantMs - seconds * 1000);
}

const dayMs = 86_400_000;

/**
 * The instant (Unix milliseconds) that a civil time stands for: the first at which the zone's clocks show it or
 * a later time. So a time that clocks skip stands for the moment of the jump, and a time that they show twice
 * for its first showing. The rule keeps order: an earlier civil time never stands for a later instant, so
 * intervals that adjoin on the clock adjoin in fact.
 */
export function instantOf(zone: string, civilMs: number): number {
  let known = instants.get(zone);
  if (!known || known.size >= mostRemembered) instants.set(zone, (known = new Map<number, number>()));
  let instant = known.get(civilMs);
  if (instant === undefined) known.set(civilMs, (instant = workOut(zone, civilMs)));
  return instant;
}

/** The beginnings of the same shifts and days are asked for again and again, and `Intl` is slow. */
const instants = new Map<string, Map<number, number>>();
const mostRemembered = 10_000;

function workOut(zone: string, civilMs: number): number {
  const offsets = [civilMs - dayMs, civilMs, civilMs + dayMs].map((at) => civilOf(zone, at) - at);
  const candidates = offsets.map((offset) => civilMs - offset).sort((a, b) => a - b);
  const shown = candidates.find((at) => civilOf(zone, at) === civilMs);
  if (shown !== undefined) return shown;
  // Skipped: the jump lies between the readings by the offset after it and by the one before it.
  let before = candidates[0]! - 1;
  let after = candidates.at(-1)!;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (civilOf(zone, middle) >= civilMs) after = middle;
    else before = middle;
  }
  return after;
}
