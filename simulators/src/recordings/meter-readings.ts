import { fileURLToPath } from 'node:url';
import { columnOf, malformed, numberIn, readCsv } from './csv.ts';

/** Energy by quarter of an hour, as recorded. */
export interface MeterRecording {
  /** Local wall-clock time at which the first interval begins, as if it were UTC, in ms since 1970. */
  local_start_ms: number;
  /** Energy of each 15-minute interval in units of 0.01 kWh, the resolution of the recording. */
  intervals_ckwh: readonly number[];
}

export const intervalMs = 900_000;

/** The steel plant's readings that are shipped with the program, see `recordings/README.md`. */
export const shippedMeterReadings = fileURLToPath(
  new URL('../../recordings/steel-plant-energy/active-energy.csv.gz', import.meta.url),
);

/**
 * Reads the recording of the steel plant (columns `date` as dd/mm/yyyy HH:MM, `Usage_kWh`).
 * @throws BenchlineError `bad_request` naming file and line when a row does not follow its predecessor by 15 min.
 */
export function readMeter(path: string): MeterRecording {
  const table = readCsv(path);
  const date = columnOf(table, 'date');
  const usage = columnOf(table, 'Usage_kWh');
  let expected: number | undefined;
  const intervals_ckwh = table.rows.map((row) => {
    const end = intervalEnd(row.cells[date] ?? '');
    if (Number.isNaN(end) || (expected !== undefined && end !== expected))
      throw malformed(
        table.file,
        row.line,
        `'${row.cells[date]}' does not follow the row before by 15 minutes`,
        'keep every interval',
      );
    expected = end + intervalMs;
    return Math.round(numberIn(table, row, usage) * 100);
  });
  if (expected === undefined) throw malformed(table.file, 1, 'has no rows', 'one row every 15 minutes');
  return { local_start_ms: expected - (intervals_ckwh.length + 1) * intervalMs, intervals_ckwh };
}

/** Instant at which an interval ends. A row stamped 00:00 closes its date: it follows 23:45 of the same date. */
function intervalEnd(text: string): number {
  const match = /^(\d{2})\/(\d{2})\/(\d{4}) (\d{2}):(\d{2})$/.exec(text);
  if (!match) return Number.NaN;
  const [day, month, year, hour, minute] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const closesTheDay = hour === 0 && minute === 0;
  return Date.UTC(year, month - 1, day + (closesTheDay ? 1 : 0), hour, minute);
}
