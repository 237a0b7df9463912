import {
  type Entry,
  entryFromJson,
  type GapReason,
  type KpiId,
  type MachineObservation,
  type Value,
} from '@benchline/model';
import { type DuckDBConnection, type DuckDBValue, INTEGER, LIST, listValue, VARCHAR } from '@duckdb/node-api';
import { entriesWithin } from '../entries.ts';
import { mergeWithin } from '../intervals.ts';
import { inTimeOrder } from '../order.ts';
import type { KpiFigure, KpiPeriod, KpiPoint, MachineGap, TelemetryStore } from '../port.ts';
import { kinds } from './append.ts';
import type { Dictionary } from './dictionary.ts';
import { allObservations, type FreshTable, islands } from './tables.ts';

type Query<M extends 'observed' | 'gaps' | 'entries' | 'kpis'> = Parameters<TelemetryStore[M]>[0];

const observationColumns = `series, time, ordinal, kind, number, integer, text,
  native_kind, native_number, native_integer, native_text, status, gateway_time, origin, stated_time`;

/** What the numbers in the rows stand for, and which table takes new ones. */
export interface Dictionaries {
  open: FreshTable;
  /** machine, signal */
  series: Dictionary;
  /** source, gateway, mapping */
  origin: Dictionary;
}

/** Observations of numbered series of one machine; repeated deliveries of an identity come out once. */
export async function readObservations(
  connection: DuckDBConnection,
  dictionaries: Dictionaries,
  window: { from_ns: bigint; to_ns: bigint },
  series: readonly number[],
): Promise<MachineObservation[]> {
  if (series.length === 0) return [];
  const reader = await connection.runAndReadAll(
    `SELECT ${observationColumns} FROM ${allObservations(dictionaries.open)}
     WHERE list_contains($series, series) AND time > $from AND time <= $to ORDER BY time, part, row`,
    { series: listValue([...series]), from: window.from_ns, to: window.to_ns },
    { series: LIST(INTEGER) },
  );
  return inTimeOrder(reader.getRows().map((row) => observationOf(row, dictionaries)));
}

/** Most signals say something at least so often: where they did, nothing older is looked at. */
const lately = 3_600_000_000_000n;
const everBefore = -(2n ** 63n);

/** The newest observation of each series at or before an instant. */
export async function readLatest(
  connection: DuckDBConnection,
  dictionaries: Dictionaries,
  at_ns: bigint,
  series: readonly number[],
): Promise<MachineObservation[]> {
  const found = new Map<number, MachineObservation>();
  for (const from_ns of [at_ns - lately, everBefore]) {
    const missing = series.filter((id) => !found.has(id));
    if (missing.length === 0 || from_ns < everBefore) continue;
    const rows = await newestRows(connection, dictionaries, { from_ns, to_ns: at_ns }, missing);
    for (const row of rows) found.set(Number(row[0]), observationOf(row, dictionaries));
  }
  return [...found.values()];
}

/** Of each series that said something in (from, to] the rows of its last instant; the last of them is the one that holds. */
async function newestRows(
  connection: DuckDBConnection,
  { open }: Dictionaries,
  { from_ns, to_ns }: { from_ns: bigint; to_ns: bigint },
  series: readonly number[],
): Promise<DuckDBValue[][]> {
  const rows = `SELECT * FROM ${allObservations(open)}
    WHERE series IN (${series.join(', ')}) AND time > $from AND time <= $to`;
  const reader = await connection.runAndReadAll(
    `SELECT ${observationColumns} FROM (${rows})
     SEMI JOIN (SELECT series, max(time) AS time FROM (${rows}) GROUP BY series) USING (series, time)
     ORDER BY ordinal, gateway_time, part, row`,
    { from: from_ns, to: to_ns },
  );
  return reader.getRows();
}

export async function readObserved(
  connection: DuckDBConnection,
  query: Query<'observed'>,
): Promise<{ from_ns: bigint; to_ns: bigint }[]> {
  const claims = `(SELECT * FROM observed WHERE machine = $machine AND until_ns > $from AND from_ns < $to
    ${query.source === undefined ? '' : 'AND source = $source'})`;
  const parameters: Record<string, DuckDBValue> = {
    machine: query.machine,
    from: query.from_ns,
    to: query.to_ns,
  };
  if (query.source !== undefined) parameters['source'] = query.source;
  const reader = await connection.runAndReadAll(islands(claims, 'machine'), parameters);
  const merged = reader.getRows().map(([, from, until]) => ({ from_ns: big(from), to_ns: big(until) }));
  return mergeWithin(merged, query);
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

function observationOf(row: DuckDBValue[], dictionaries: Dictionaries): MachineObservation {
  const [series, time, ordinal, kind, number, integer, text, ...rest] = row;
  const [nativeKind, nNumber, nInteger, nText, status, gatewayTime, origin, stated] = rest;
  const [machine = '', signal = ''] = dictionaries.series.thing(Number(series));
  const [source = '', gateway = '', mapping = ''] = dictionaries.origin.thing(Number(origin));
  const value = valueOf(kind, number, integer, text);
  const native = valueOf(nativeKind, nNumber, nInteger, nText);
  return {
    machine,
    signal,
    source_time_ns: big(time) - BigInt(Number(ordinal)),
    ordinal: Number(ordinal),
    ...(value === undefined ? {} : { value }),
    ...(native === undefined ? {} : { native }),
    status: Number(status),
    ...(stated === null ? {} : { stated_time_ns: big(stated) }),
    source,
    gateway,
    gateway_time_ns: big(gatewayTime),
    mapping,
  };
}

function valueOf(
  kind: DuckDBValue | undefined,
  number: DuckDBValue | undefined,
  integer: DuckDBValue | undefined,
  text: DuckDBValue | undefined,
): Value | undefined {
  switch (kind) {
    case kinds.number:
      return Number(number);
    case kinds.integer:
      return big(integer);
    case kinds.text:
      return String(text);
    case kinds.flag:
      return big(integer) === 1n;
    default:
      return undefined;
  }
}

function big(cell: DuckDBValue | undefined): bigint {
  return typeof cell === 'bigint' ? cell : BigInt(Number(cell));
}
