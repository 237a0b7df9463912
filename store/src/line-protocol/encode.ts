import { BenchlineError, fitsInt64 } from '@benchline/model';

/**
 * The JavaScript type is the type on the wire: `number` a float, `bigint` an integer. Unsigned integers have to be
 * said, and InfluxDB 1.x does not take them.
 */
export type FieldValue = number | bigint | string | boolean | { uint: bigint };

export interface Point {
  measurement: string;
  tags: Readonly<Record<string, string>>;
  /** Fields that are undefined are left out. */
  fields: Readonly<Record<string, FieldValue | undefined>>;
  time_ns: bigint;
}

/** The first and last instant that InfluxDB can store: it keeps the ends of int64 for itself. */
export const influxTimeRange = { first_ns: -(2n ** 63n) + 2n, last_ns: 2n ** 63n - 2n } as const;

/**
 * One line of InfluxDB line protocol, without the newline. Names and tag values that line protocol cannot carry
 * unharmed are refused, not mended: a mended one would be another series.
 * @throws BenchlineError `value_unrepresentable`.
 */
export function encodePoint(point: Point): string {
  const series = encodeSeries(point.measurement, point.tags);
  const names = series + Object.keys(point.fields).join();
  // InfluxDB 1.6.7 believes that the fields begin at that space, and then that the line goes on after its end.
  if (series.includes('\\\\ ') && names.includes('"'))
    throw refused('names', names, 'a tag has a backslash before a space, and there is a quote');
  return `${series} ${encodeFields(point.fields)} ${encodeTime(point.time_ns)}`;
}

/** Measurement and tags, sorted by key: what names a series. */
export function encodeSeries(measurement: string, tags: Readonly<Record<string, string>>): string {
  // A line that begins with # is a comment: it would be dropped without a word.
  if (measurement.startsWith('#')) throw refused('measurement', measurement, 'it begins with #');
  let series = escaped('measurement', measurement, /[, ]/g);
  for (const key of Object.keys(tags).sort(byBytes))
    series += `,${encodeKey('tag', key)}=${escaped(`value of tag ${key}`, tags[key] ?? '', /[,= ]/g)}`;
  return series;
}

function encodeFields(fields: Readonly<Record<string, FieldValue | undefined>>): string {
  let encoded = '';
  for (const key in fields) {
    const value = fields[key];
    if (value === undefined) continue;
    encoded += `${encoded && ','}${encodeKey('field', key)}=${encodeValue(key, value)}`;
  }
  if (encoded === '') throw new BenchlineError('value_unrepresentable', 'a point without fields');
  return encoded;
}

/** @param time Unix ns. @throws BenchlineError `value_unrepresentable` beyond what InfluxDB can store. */
export function encodeTime(time: bigint): string {
  if (time < influxTimeRange.first_ns || time > influxTimeRange.last_ns)
    throw refused('time', time.toString(), 'InfluxDB cannot store this instant');
  return time.toString();
}

function encodeKey(what: 'tag' | 'field', key: string): string {
  // InfluxDB 1.x drops a field of this name without a word.
  if (key === 'time') throw refused(what, key, 'the name is reserved');
  return escaped(what, key, /[,= ]/g);
}

/**
 * A field's value.
 * @throws BenchlineError `value_unrepresentable`.
 */
export function encodeValue(field: string, value: FieldValue): string {
  switch (typeof value) {
    case 'number':
      if (!Number.isFinite(value))
        throw refused(`field ${field}`, String(value), 'it is not a finite number');
      return floatText(value);
    case 'bigint':
      if (!fitsInt64(value)) throw refused(`field ${field}`, value.toString(), 'it is outside int64');
      return `${value}i`;
    case 'string':
      if (!value.isWellFormed()) throw refused(`field ${field}`, value, 'it has a lone surrogate');
      return `"${value.replace(/["\\]/g, '\\$&')}"`;
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value.uint < 0n || value.uint >= 2n ** 64n)
        throw refused(`field ${field}`, value.uint.toString(), 'it is outside uint64');
      return `${value.uint}u`;
  }
}

/** The shortest digits that read back as the same double, with an exponent where Go's `%g` has one. */
function floatText(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude === 0) return Object.is(value, -0) ? '-0' : '0';
  if (magnitude >= 1e-4 && magnitude < 1e6) return String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}

const isAscii = /^[ -~]*$/;

/** InfluxDB sorts tags by the bytes of their UTF-8, which differs from the order of UTF-16 units. */
function byBytes(a: string, b: string): number {
  if (isAscii.test(a) && isAscii.test(b)) return a < b ? -1 : 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function escaped(what: string, name: string, special: RegExp): string {
  if (/^[\w-]+$/.test(name)) return name;
  if (name === '') throw refused(what, name, 'it is empty');
  if (/\p{Cc}/u.test(name)) throw refused(what, name, 'it has a control character');
  // It would escape the separator that follows.
  if (name.endsWith('\\')) throw refused(what, name, 'it ends in a backslash');
  // InfluxDB 1.6.7 disagrees with itself whether the character is escaped then: names change, fields are lost.
  if ((what === 'measurement' || what === 'field') && /\\[ ,="]/.test(name))
    throw refused(what, name, 'it has a backslash before a space, comma, = or "');
  if (!name.isWellFormed()) throw refused(what, name, 'it has a lone surrogate');
  return name.replace(special, '\\$&');
}

function refused(what: string, text: string, why: string): BenchlineError {
  return new BenchlineError(
    'value_unrepresentable',
    `line protocol cannot carry ${what} ${JSON.stringify(text)}: ${why}`,
  );
}
