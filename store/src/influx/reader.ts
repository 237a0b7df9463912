import { type Entry, entryFromJson, type GapReason, type KpiId, kpiIds } from '@benchline/model';
import { entriesWithin } from '../entries.ts';
import { mergeWithin } from '../intervals.ts';
import { influxTimeRange } from '../line-protocol/index.ts';
import { compare, inTimeOrder } from '../order.ts';
import type { KpiFigure, KpiPoint, MachineGap, TelemetryStore } from '../port.ts';
import { observationFields, type StoredObservation, storedObservations } from './observation-rows.ts';
import { type Cell, type InfluxQl, integer } from './query.ts';

type Query<M extends 'observations' | 'latest' | 'observed' | 'gaps' | 'entries' | 'kpis'> = Parameters<
  TelemetryStore[M]
>[0];

const observationSelect = `SELECT ${names(observationFields)} FROM ${names([
  'state',
  'count',
  'energy',
  'signal',
  'characteristic',
  'context',
])}`;
const kpiFields = [...kpiIds.flatMap((id) => [id, `${id}_status`]), 'to_ns', 'revision', 'provisional'];

export async function readObservations(
  ql: InfluxQl,
  query: Query<'observations'>,
): Promise<StoredObservation[]> {
  if (query.signals?.length === 0) return [];
  const { where, params } = machineAndSignals(query);
  const series = await ql.select(
    `${observationSelect} WHERE ${where} AND ${after(query.from_ns)} AND ${upTo(query.to_ns)} GROUP BY *`,
    params,
  );
  return inTimeOrder(series.flatMap(storedObservations));
}

export async function readLatest(ql: InfluxQl, query: Query<'latest'>): Promise<StoredObservation[]> {
  if (query.signals.length === 0) return [];
  const { where, params } = machineAndSignals(query);
  const series = await ql.select(
    `${observationSelect} WHERE ${where} AND ${upTo(query.at_ns)} GROUP BY * ORDER BY time DESC LIMIT 1`,
    params,
  );
  const newest = new Map<string, StoredObservation>();
  for (const observation of inTimeOrder(series.flatMap(storedObservations)))
    newest.set(observation.signal, observation);
  return inTimeOrder([...newest.values()]);
}

/**
 * A claim is stored at its end, so that one which reaches beyond the window lies after it. The claims of a source
 * follow each other: the first one after the window is the only one that can reach into it.
 */
export async function readObserved(
  ql: InfluxQl,
  query: Query<'observed'>,
): Promise<{ from_ns: bigint; to_ns: bigint }[]> {
  const params = { machine: query.machine, ...(query.source === undefined ? {} : { source: query.source }) };
  const select = `SELECT "from_ns" FROM "observed" WHERE "machine" = $machine${
    query.source === undefined ? '' : ' AND "source" = $source'
  }`;
  const [within, beyond] = await Promise.all([
    ql.select(`${select} AND ${after(query.from_ns)} AND ${upTo(query.to_ns)}`, params),
    ql.select(`${select} AND ${after(query.to_ns)} GROUP BY * ORDER BY time ASC LIMIT 1`, params),
  ]);
  const claims = [...within, ...beyond].flatMap(({ rows }) =>
    rows.map(([until, from]) => ({ from_ns: integer(from), to_ns: integer(until) })),
  );
  return mergeWithin(claims, query);
}

export async function readGaps(ql: InfluxQl, query: Query<'gaps'>): Promise<MachineGap[]> {
  const series = await ql.select(
    `SELECT "to_ns" FROM "gap" WHERE "machine" = $machine AND time < ${query.to_ns} AND "to_ns" > ${query.from_ns} GROUP BY "source", "reason"`,
    { machine: query.machine },
  );
  const gaps = new Map<string, MachineGap>();
  for (const { tags, rows } of series)
    for (const [from, to] of rows)
      gaps.set(`${tags['source']} ${tags['reason']} ${from}`, {
        machine: query.machine,
        source: tags['source'] ?? '',
        reason: (tags['reason'] ?? '') as GapReason,
        from_ns: integer(from),
        to_ns: integer(to),
      });
  return [...gaps.values()].sort(
    (a, b) => compare(a.from_ns, b.from_ns) || compare(a.source, b.source) || compare(a.reason, b.reason),
  );
}

export async function readEntries(ql: InfluxQl, query: Query<'entries'>): Promise<Entry[]> {
  if (query.subjects?.length === 0) return [];
  const named = (query.subjects ?? []).map((subject, index) => [`subject${index}`, subject] as const);
  const about = named.map(([name]) => `"subject" = $${name}`).join(' OR ');
  const series = await ql.select(
    `SELECT "entry" FROM "entry" WHERE "from_ns" <= ${query.to_ns} AND "to_ns" >= ${query.from_ns}${about && ` AND (${about})`}`,
    Object.fromEntries(named),
  );
  const entries = series.flatMap(({ rows }) =>
    rows.map(([, json]) => entryFromJson(JSON.parse(String(json)))),
  );
  return entriesWithin(entries, query);
}

export async function readKpis(ql: InfluxQl, query: Query<'kpis'>): Promise<KpiPoint[]> {
  const series = await ql.select(
    `SELECT ${names(kpiFields)} FROM "kpi" WHERE "scope" = $scope AND "period" = $period AND time >= ${query.from_ns} AND time < ${query.to_ns}`,
    { scope: query.scope, period: query.period },
  );
  return series.flatMap(({ columns, rows }) =>
    rows.map((row): KpiPoint => {
      const cell = Object.fromEntries(columns.map((name, column) => [name, row[column] ?? null]));
      return {
        scope: query.scope,
        period: query.period,
        from_ns: integer(cell['time']),
        to_ns: integer(cell['to_ns']),
        revision: Number(cell['revision']),
        provisional: cell['provisional'] === true,
        figures: Object.fromEntries(
          kpiIds.map((id) => [id, figure(cell[id], cell[`${id}_status`])]),
        ) as Record<KpiId, KpiFigure>,
      };
    }),
  );
}

/** A figure that a point does not have was not known yet when it was written. */
function figure(value: Cell | undefined, status: Cell | undefined): KpiFigure {
  if (status === 'ok' || status === 'partial') return { value: Number(value), status };
  return { status: (status ?? 'not_applicable') as Exclude<KpiFigure['status'], 'ok' | 'partial'> };
}

function machineAndSignals({ machine, signals }: { machine: string; signals?: readonly string[] }) {
  const named = (signals ?? []).map((signal, index) => [`signal${index}`, signal] as const);
  const choice = named.map(([name]) => `"signal" = $${name}`).join(' OR ');
  return {
    where: `"machine" = $machine${choice && ` AND (${choice})`}`,
    params: { machine, ...Object.fromEntries(named) },
  };
}

function names(identifiers: readonly string[]): string {
  return identifiers.map((name) => `"${name}"`).join(', ');
}

function after(ns: bigint): string {
  return `time > ${ns < influxTimeRange.first_ns ? influxTimeRange.first_ns - 1n : ns}`;
}

function upTo(ns: bigint): string {
  return `time <= ${ns > influxTimeRange.last_ns ? influxTimeRange.last_ns : ns}`;
}
