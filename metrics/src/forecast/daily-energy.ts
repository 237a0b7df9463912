import { BenchlineError, describeError } from '@benchline/model';
import { parse } from 'csv-parse/sync';

/**
 * Energy of consecutive days in the meter's own civil time. A day is unknown (undefined) unless every interval of
 * it was read: part of a day would look like a day of low consumption.
 */
export interface DailyEnergy {
  /** Days since 1970-01-01 of the first entry. */
  first_day: number;
  /** kWh a day. */
  kwh: readonly (number | undefined)[];
}

const minutesADay = 1440;
const intervalMinutes = 15;
const intervalsADay = minutesADay / intervalMinutes;
const timeColumn = 'date';
const energyColumn = 'Usage_kWh';

/**
 * Reads 15-minute energy: columns `date` (dd/mm/yyyy hh:mm, the end of the interval) and `Usage_kWh`; others are
 * left alone. A row stamped 00:00 closes the day that it names (it follows 23:45), as the meters that write this
 * shape mean it. The same interval twice counts once.
 * @throws BenchlineError `bad_request` naming the line.
 */
export function dailyEnergyFromCsv(text: string, file: string): DailyEnergy {
  const intervals = new Map<number, { line: number; kwh: number }>();
  for (const row of rowsOf(text, file)) {
    const fail = (fact: string, hint: string) => malformed(file, row.line, fact, hint);
    const end = intervalEnd(row.time);
    if (end === undefined)
      throw fail(
        `'${row.time}' is no end of a quarter hour`,
        'write dd/mm/yyyy hh:mm, as in 31/01/2018 23:45',
      );
    const kwh = row.energy === '' ? Number.NaN : Number(row.energy);
    if (!Number.isFinite(kwh))
      throw fail(
        `${energyColumn} '${row.energy}' is not a number`,
        'write it with a decimal point, or leave the line out if it is unknown',
      );
    const twin = intervals.get(end);
    if (twin && twin.kwh !== kwh)
      throw fail(
        `contradicts line ${twin.line}, which has the same interval`,
        'keep one of the two; of a night in which clocks went back leave out the day, it has an hour twice',
      );
    intervals.set(end, { line: row.line, kwh });
  }
  return sumByDay(intervals, file);
}

/** kWh of a span of days that begins at an index; undefined when a day of it is unknown. */
export function totalOf({ kwh }: DailyEnergy, first: number, days: number): number | undefined {
  let total = 0;
  for (let index = first; index < first + days; index += 1) {
    const day = kwh[index];
    if (day === undefined) return undefined;
    total += day;
  }
  return total;
}

interface Row {
  line: number;
  time: string;
  energy: string;
}

function rowsOf(text: string, file: string): Row[] {
  let records: { info: { lines: number }; record: Record<string, string> }[];
  try {
    records = parse(text, { bom: true, columns: true, info: true, trim: true, skip_empty_lines: true });
  } catch (cause) {
    throw new BenchlineError('bad_request', `${file}: ${describeError(cause)}`, {
      hint: 'it has to be comma-separated with one header line, packed by gzip or not',
      cause,
    });
  }
  return records.map(({ info, record }) => {
    const { [timeColumn]: time, [energyColumn]: energy } = record;
    if (time === undefined || energy === undefined)
      throw malformed(
        file,
        1,
        `has no columns '${timeColumn}' and '${energyColumn}'`,
        'name them in the header, and separate columns by commas',
      );
    return { line: info.lines, time, energy };
  });
}

/** Minutes since 1970-01-01 00:00 in civil time; undefined for what is no end of an interval. */
function intervalEnd(text: string): number | undefined {
  const match = /^(\d{2})\/(\d{2})\/(\d{4}) (\d{2}):(\d{2})$/.exec(text);
  if (!match) return undefined;
  const [day = 0, month = 0, year = 0, hour = 0, minute = 0] = match.slice(1).map(Number);
  const midnight = new Date(Date.UTC(year, month - 1, day));
  if (midnight.getUTCMonth() !== month - 1 || hour > 23 || minute > 59 || minute % intervalMinutes !== 0)
    return undefined;
  const within = hour * 60 + minute;
  return midnight.getTime() / 60_000 + (within === 0 ? minutesADay : within);
}

function sumByDay(intervals: ReadonlyMap<number, { kwh: number }>, file: string): DailyEnergy {
  const days = new Map<number, { count: number; kwh: number }>();
  for (const [end, { kwh }] of intervals) {
    const day = Math.floor((end - intervalMinutes) / minutesADay);
    const sum = days.get(day) ?? { count: 0, kwh: 0 };
    days.set(day, { count: sum.count + 1, kwh: sum.kwh + kwh });
  }
  if (days.size === 0) throw malformed(file, 1, 'has no intervals', 'write one line for each quarter hour');
  const first_day = Math.min(...days.keys());
  const length = Math.max(...days.keys()) - first_day + 1;
  return {
    first_day,
    kwh: Array.from({ length }, (_, i) => {
      const sum = days.get(first_day + i);
      return sum?.count === intervalsADay ? sum.kwh : undefined;
    }),
  };
}

function malformed(file: string, line: number, fact: string, hint: string): BenchlineError {
  return new BenchlineError('bad_request', `${file}, line ${line}: ${fact}`, { hint });
}
