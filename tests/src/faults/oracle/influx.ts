import { nsFromIso, type Value } from '@benchline/model';
import type { Stored } from '@benchline/simulators/box';

const stretch_ns = 600_000_000_000n;
const timeout_ms = 60_000;
const measurements = '"state","count","energy","signal","characteristic","context"';
/** By their number in `about`: in its lowest three bits of the value, in the next three of the native value. */
const valueFields = [undefined, 'number', 'integer', 'text', 'flag'];
const hasOrdinal = 1n << 7n;

type Cell = string | number | bigint | boolean | null;

interface Series {
  tags?: Readonly<Record<string, string>>;
  columns: string[];
  values: Cell[][];
}

/** What lies in an InfluxDB 1.x, asked past every front door and without the services' own reader. */
export function influxStored(url: string, database: string): Stored {
  const select = async (query: string) => await ask(url, database, query);
  return {
    async *observations(machine, from, to) {
      const end_ns = nsFromIso(to);
      for (let from_ns = nsFromIso(from); from_ns < end_ns; from_ns += stretch_ns) {
        const to_ns = from_ns + stretch_ns < end_ns ? from_ns + stretch_ns : end_ns;
        const series = await select(
          `SELECT * FROM ${measurements} WHERE "machine" = '${machine}' AND time > ${from_ns} AND time <= ${to_ns} GROUP BY "signal", "source", "gateway"`,
        );
        for (const { tags = {}, columns, values } of series)
          for (const row of values) yield observationOf(tags['signal'] ?? '', columns, row);
      }
    },
    async gaps(machine, from, to) {
      const series = await select(
        `SELECT "to_ns" FROM "gap" WHERE "machine" = '${machine}' AND time < ${nsFromIso(to)} AND "to_ns" > ${nsFromIso(from)} GROUP BY "source", "reason"`,
      );
      return series.flatMap(({ tags = {}, values }) =>
        values.map(([time, until]) => ({
          from_ns: BigInt(time ?? 0),
          to_ns: BigInt(until ?? 0),
          reason: tags['reason'] ?? '',
        })),
      );
    },
  };
}

/**
 * A point's time is its source time and the ordinal; `about` says which fields hold. Others may be left over from an
 * earlier delivery.
 */
function observationOf(signal: string, columns: readonly string[], row: readonly Cell[]) {
  const cell = (name: string) => row[columns.indexOf(name)] ?? null;
  const about = BigInt(cell('about') ?? 0);
  const field = valueFields[Number(about & 7n)];
  const nativeField = valueFields[Number((about >> 3n) & 7n)];
  const value = field === undefined ? undefined : valueOf(cell(field));
  const native = nativeField === undefined ? undefined : valueOf(cell(`native_${nativeField}`));
  const ordinal = about & hasOrdinal ? Number(cell('ordinal')) : 0;
  return {
    signal,
    source_time_ns: BigInt(cell('time') ?? 0) - BigInt(ordinal),
    ordinal,
    ...(value === undefined ? {} : { value }),
    ...(native === undefined ? {} : { native }),
  };
}

function valueOf(cell: Cell): Value | undefined {
  return cell ?? undefined;
}

/** What InfluxDB answers to a query, whose first column is the time in nanoseconds. @throws Error when it refuses. */
export async function ask(url: string, database: string, q: string): Promise<Series[]> {
  const response = await fetch(`${url}/query?${new URLSearchParams({ db: database, epoch: 'ns', q })}`, {
    signal: AbortSignal.timeout(timeout_ms),
  });
  if (!response.ok) throw new Error(`InfluxDB answered ${response.status}: ${await response.text()}`);
  const { results } = JSON.parse(await response.text(), exact) as {
    results: { series?: Series[]; error?: string }[];
  };
  const error = results.find((result) => result.error)?.error;
  if (error !== undefined) throw new Error(`InfluxDB: ${error}`);
  return results.flatMap(({ series }) => series ?? []);
}

/** Keeps integers of 64 bits whole, which a double would round. */
function exact(_key: string, value: unknown, context?: { source?: string }): unknown {
  const { source } = context ?? {};
  const whole = typeof value === 'number' && source !== undefined && /^-?\d+$/.test(source);
  return whole && !Number.isSafeInteger(value) ? BigInt(source) : value;
}
