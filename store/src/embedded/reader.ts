import {
  type Entry,
  entryFromJson,
  type GapReason,
  type KpiId,
  type MachineObservation,
  nsPerHour,
} from '@benchline/model';
import {
  type DuckDBConnection,
  type DuckDBDataChunk,
  type DuckDBValue,
  LIST,
  listValue,
  VARCHAR,
} from '@duckdb/node-api';
import { entriesWithin } from '../entries.ts';
import { mergeWithin } from '../intervals.ts';
import { inTimeOrder } from '../order.ts';
import type { KpiFigure, KpiPeriod, KpiPoint, MachineGap, TelemetryStore } from '../port.ts';
import { cellsOf, valueIn } from './cells.ts';
import type { Content } from './content.ts';
import { type Dictionaries, observationIn, partsWithin } from './written.ts';

type Query<M extends 'observed' | 'gaps' | 'entries' | 'kpis'> = Parameters<TelemetryStore[M]>[0];

const observationColumns = `series, time, ordinal, kind, number, integer, text,
  native_kind, native_number, native_integer, native_text, status, gateway_time, origin, stated_time`;

/** Observations of numbered series of one machine; repeated deliveries of an identity come out once. */
export async function readObservations(
  connection: DuckDBConnection,
  content: Content,
  window: Window,
  series: readonly number[],
): Promise<MachineObservation[]> {
  if (series.length === 0) return [];
  const unsettled = unsettledIn(content, window, series);
  const result = await connection.run(`SELECT ${observationColumns} ${settledRows(series)}`, {
    from: window.from_ns,
    to: window.to_ns,
  });
  return inTimeOrder([...observationsIn(await result.fetchAllChunks(), content), ...unsettled]);
}

interface Window {
  from_ns: bigint;
  to_ns: bigint;
}

function unsettledIn(content: Content, window: Window, series: readonly number[]): MachineObservation[] {
  return content.unsettled
    .flatMap((written) => [...partsWithin(written, series, window)])
    .flatMap((part) => Array.from(part.series, (_, row) => observationIn(part, row, content)));
}

/**
 * Settled rows of some series, one at least, with a time in ($from, $to], as they were stored. The numbers stand in the
 * text: a list as a parameter would not skip the blocks of other series. Within a block only bounds keep DuckDB from
 * reading every column of every row before it looks at the list.
 */
export function settledRows(series: readonly number[]): string {
  return `FROM settled
    WHERE series >= ${Math.min(...series)} AND series <= ${Math.max(...series)}
      AND series IN (${series.join(', ')}) AND time > $from AND time <= $to`;
}

/** Most signals say something at least so often: where they did, nothing older is looked at. */
const lately = nsPerHour;
const everBefore = -(2n ** 63n);

/** The newest observation of each series at or before an instant. */
export async function readLatest(
  connection: DuckDBConnection,
  content: Content,
  at_ns: bigint,
  series: readonly number[],
): Promise<MachineObservation[]> {
  const found = new Map<number, MachineObservation>();
  for (const from_ns of [at_ns - lately, everBefore]) {
    const missing = series.filter((id) => !found.has(id));
    if (missing.length === 0 || from_ns < everBefore) continue;
    const window = { from_ns, to_ns: at_ns };
    const unsettled = missing.flatMap((id) => newestUnsettled(content, window, id));
    const settled = await newestSettled(connection, content, window, missing);
    for (const newest of inTimeOrder([...settled, ...unsettled]))
      found.set(content.series.find(newest.machine, newest.signal) ?? -1, newest);
  }
  return [...found.values()];
}

/** The observations of the last instant of a series in (from, to]; the last of them holds. */
function newestUnsettled(content: Content, window: Window, id: number): MachineObservation[] {
  const parts = content.unsettled.flatMap((written) => [...partsWithin(written, [id], window)]);
  if (parts.length === 0) return [];
  const instant = greatest(parts.map(({ at_ns }) => at_ns.reduce((a, b) => (a > b ? a : b))));
  return parts.flatMap((part) =>
    Array.from(part.at_ns.keys())
      .filter((row) => part.at_ns[row] === instant)
      .map((row) => observationIn(part, row, content)),
  );
}

/** Of each series that said something in (from, to] the observations of its last instant; the last of them holds. */
async function newestSettled(
  connection: DuckDBConnection,
  dictionaries: Dictionaries,
  { from_ns, to_ns }: Window,
  series: readonly number[],
): Promise<MachineObservation[]> {
  const rows = settledRows(series);
  const instants = await connection.runAndReadAll(`SELECT series, max(time) ${rows} GROUP BY series`, {
    from: from_ns,
    to: to_ns,
  });
  const newest = instants.getRows().map(([id, time]) => ({ id: Number(id), time: big(time) }));
  if (newest.length === 0) return [];
  const times = newest.map(({ time }) => time);
  const isNewest = newest.map(({ id, time }) => `series = ${id} AND time = ${time}`).join(' OR ');
  const result = await connection.run(`SELECT ${observationColumns} ${rows} AND (${isNewest})`, {
    from: least(times) - 1n,
    to: greatest(times),
  });
  return observationsIn(await result.fetchAllChunks(), dictionaries);
}

export async function readObserved(
  connection: DuckDBConnection,
  content: Content,
  query: Query<'observed'>,
): Promise<Window[]> {
  const unsettled = content.claimsOf(query);
  const claims = `SELECT from_ns, until_ns FROM observed
    WHERE machine = $machine AND until_ns > $from AND from_ns < $to
    ${query.source === undefined ? '' : 'AND source = $source'}`;
  const parameters: Record<string, DuckDBValue> = {
    machine: query.machine,
    from: query.from_ns,
    to: query.to_ns,
  };
  if (query.source !== undefined) parameters['source'] = query.source;
  const reader = await connection.runAndReadAll(claims, parameters);
  const claimed = reader.getRows().map(([from, until]) => ({ from_ns: big(from), to_ns: big(until) }));
  return mergeWithin([...claimed, ...unsettled], query);
}

export async function readGaps(connection: DuckDBConnection, query: Query<'gaps'>): Promise<MachineGap[]> {
  const reader = await connection.runAndReadAll(
    `SELECT source, from_ns, to_ns, reason FROM (
       SELECT * FROM gap WHERE machine = $machine AND from_ns < $to
       QUALIFY row_number() OVER (PARTITION BY source, reason, from_ns ORDER BY rowid DESC) = 1)
     WHERE to_ns > $from ORDER BY from_ns, source, reason`,
    { machine: query.machine, from: query.from_ns, to: query.to_ns },
  );
  return reader.getRows().map(([source, from, to, reason]) => ({
    machine: query.machine,
    source: String(source),
    from_ns: big(from),
    to_ns: big(to),
    reason: String(reason) as GapReason,
  }));
}

export async function readEntries(connection: DuckDBConnection, query: Query<'entries'>): Promise<Entry[]> {
  const { subjects, from_ns: from, to_ns: to } = query;
  const about = subjects ? 'AND list_contains($subjects, subject)' : '';
  const reader = await connection.runAndReadAll(
    `SELECT entry FROM entry WHERE from_ns <= $to AND to_ns >= $from ${about} ORDER BY rowid`,
    { from, to, ...(subjects && { subjects: listValue([...subjects]) }) },
    subjects ? { subjects: LIST(VARCHAR) } : {},
  );
  const entries = reader.getRows().map(([json]) => entryFromJson(JSON.parse(String(json))));
  return entriesWithin(entries, query);
}

export async function readKpis(connection: DuckDBConnection, query: Query<'kpis'>): Promise<KpiPoint[]> {
  const reader = await connection.runAndReadAll(
    `SELECT scope, period, from_ns, to_ns, revision, provisional, figures FROM kpi
     WHERE scope = $scope AND period = $period AND from_ns >= $from AND from_ns < $to
     QUALIFY row_number() OVER (PARTITION BY from_ns ORDER BY rowid DESC) = 1
     ORDER BY from_ns`,
    { scope: query.scope, period: query.period, from: query.from_ns, to: query.to_ns },
  );
  return reader.getRows().map(([scope, period, from, to, revision, provisional, figures]) => ({
    scope: String(scope),
    period: String(period) as KpiPeriod,
    from_ns: big(from),
    to_ns: big(to),
    revision: Number(revision),
    provisional: provisional === true,
    figures: JSON.parse(String(figures)) as Record<KpiId, KpiFigure>,
  }));
}

function observationsIn(
  chunks: readonly DuckDBDataChunk[],
  dictionaries: Dictionaries,
): MachineObservation[] {
  return chunks.flatMap((chunk) => {
    const [series, times, ordinals] = [integers(chunk, 0), longs(chunk, 1), integers(chunk, 2)];
    const [values, natives] = [cellsOf(chunk, 3, Uint8Array), cellsOf(chunk, 7, Uint8Array)];
    const [statuses, gateways] = [cellsOf(chunk, 11, Uint32Array), longs(chunk, 12)];
    const [origins, stated] = [integers(chunk, 13), chunk.getColumnVector(14)];
    return Array.from(series, (id, row): MachineObservation => {
      const [machine = '', signal = ''] = dictionaries.series.thing(id);
      const [source = '', gateway = '', mapping = ''] = dictionaries.origin.thing(origins[row]!);
      const ordinal = ordinals[row]!;
      const observation: MachineObservation = {
        ...{ machine, signal, source, gateway, mapping, ordinal },
        source_time_ns: times[row]! - BigInt(ordinal),
        status: statuses[row]!,
        gateway_time_ns: gateways[row]!,
      };
      const value = valueIn(chunk, 4, values[row]!, row);
      if (value !== undefined) observation.value = value;
      const native = valueIn(chunk, 8, natives[row]!, row);
      if (native !== undefined) observation.native = native;
      const stated_time_ns = stated.getItem(row);
      if (typeof stated_time_ns === 'bigint') observation.stated_time_ns = stated_time_ns;
      return observation;
    });
  });
}

const integers = (chunk: DuckDBDataChunk, column: number) => cellsOf(chunk, column, Int32Array);
const longs = (chunk: DuckDBDataChunk, column: number) => cellsOf(chunk, column, BigInt64Array);

function big(cell: DuckDBValue | undefined): bigint {
  return typeof cell === 'bigint' ? cell : BigInt(Number(cell));
}

function least(times: readonly bigint[]): bigint {
  return times.reduce((a, b) => (a < b ? a : b));
}

function greatest(times: readonly bigint[]): bigint {
  return times.reduce((a, b) => (a > b ? a : b));
}
