import { z } from 'zod';

/**
 * A point in time: whole nanoseconds since 1970-01-01T00:00:00Z, as OPC UA, Sparkplug and InfluxDB can all be
 * brought to without loss. In JSON it is a decimal string, because JSON numbers end at 2⁵³.
 */
export type Nanoseconds = bigint;

export const nsPerMillisecond = 1_000_000n;
export const nsPerSecond = 1_000_000_000n;
export const nsPerMinute = 60n * nsPerSecond;
export const nsPerHour = 60n * nsPerMinute;
/** 24 hours: a day of local time may be shorter or longer. */
export const nsPerDay = 24n * nsPerHour;

const int64Max = 2n ** 63n - 1n;
const int64Min = -(2n ** 63n);

/** Whether an integer fits the 64 bits that every store and protocol here gives it. */
export function fitsInt64(value: bigint): boolean {
  return value >= int64Min && value <= int64Max;
}

/** Nanoseconds as they stand in JSON: a decimal string within int64. */
export const nanosecondsJson = z.codec(
  z.string().regex(/^(0|-?[1-9]\d{0,18})$/, 'whole nanoseconds as a decimal string'),
  z.bigint().refine(fitsInt64, 'outside int64'),
  { decode: (text) => BigInt(text), encode: (ns) => ns.toString() },
);

/** Milliseconds, whole or not, as whole nanoseconds; exact for whole ones. @throws RangeError when not finite. */
export function nsFromMs(ms: number): Nanoseconds {
  // Not ms · 10⁶: that passes 2⁵³ for present-day times, and rounds to steps of 256 ns.
  const whole = Math.floor(ms);
  return BigInt(whole) * nsPerMillisecond + BigInt(Math.round((ms - whole) * 1e6));
}

export function nsFromDate(date: Date): Nanoseconds {
  return BigInt(date.getTime()) * nsPerMillisecond;
}

/** The wall clock now; its resolution is a millisecond. Only services call it, never the KPI code. */
export function nsNow(): Nanoseconds {
  return BigInt(Date.now()) * nsPerMillisecond;
}

/** Milliseconds since 1970, rounded down: what Sparkplug timestamps and `Date` can hold. */
export function msFromNs(ns: Nanoseconds): number {
  const ms = ns / nsPerMillisecond;
  return Number(ns < 0n && ms * nsPerMillisecond !== ns ? ms - 1n : ms);
}

/** Seconds of a span, as a number for arithmetic on durations. */
export function secondsOf(spanNs: Nanoseconds): number {
  return Number(spanNs) / 1e9;
}

const isoParts =
  /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:Z|([+-]\d{2})(?::?(\d{2}))?)$/;

/**
 * Reads an ISO 8601 instant with up to nine fractional digits and an explicit offset; whole minutes need no seconds.
 * @throws RangeError when the text has no offset or is no date.
 */
export function nsFromIso(text: string): Nanoseconds {
  const [, minutes = '', seconds = '00', digits = '', hours = '+00', rest = '00'] = isoParts.exec(text) ?? [];
  const local = `${minutes}:${seconds}`;
  const ms = isCalendarTime(local) ? Date.parse(`${local}${hours}:${rest}`) : Number.NaN;
  if (Number.isNaN(ms)) throw new RangeError(`not an ISO 8601 instant with offset: ${text}`);
  const ns = BigInt(ms) * nsPerMillisecond + BigInt(digits.padEnd(9, '0'));
  if (!fitsInt64(ns)) throw new RangeError(`outside the years 1678 to 2261: ${text}`);
  return ns;
}

/** Date.parse takes 30 February for 2 March and 24:00 for the next day. */
function isCalendarTime(local: string): boolean {
  const ms = Date.parse(`${local}Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(local);
}

/** ISO 8601 in UTC with as many fractional digits (3, 6 or 9) as the instant needs. */
export function isoFromNs(ns: Nanoseconds): string {
  const ms = msFromNs(ns);
  const rest = ns - BigInt(ms) * nsPerMillisecond;
  const iso = new Date(ms).toISOString();
  if (rest === 0n) return iso;
  const digits = rest.toString().padStart(6, '0');
  return iso.replace('Z', `${digits.endsWith('000') ? digits.slice(0, 3) : digits}Z`);
}

/** An ISO 8601 instant with offset where a request comes in, read as nanoseconds. */
export const isoInstant = z
  .string()
  .transform((text, context): Nanoseconds => {
    try {
      return nsFromIso(text);
    } catch {
      context.addIssue({
        code: 'custom',
        message:
          'an ISO 8601 instant with offset, such as 2026-03-01T08:00:00+08:00, of the years 1678 to 2261',
      });
      return z.NEVER;
    }
  })
  .meta({ format: 'date-time' });
