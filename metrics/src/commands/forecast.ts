import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { BenchlineError, type Command, describeError } from '@benchline/model';
import { type DailyEnergy, dailyEnergyFromCsv } from '../forecast/daily-energy.ts';
import { leastKnownDays } from '../forecast/forecaster.ts';
import { type ForecastReport, type Horizon, horizonDays, rollOrigin } from '../forecast/rolling-origin.ts';

const dayMs = 86_400_000;

/** `benchline forecast`: how well the forecast of consumption does on a recorded meter. */
export const forecast: Command = {
  summary: 'check the energy forecast on recorded 15-minute data',
  usage: '--data FILE.csv --train-to DATE --horizon day|week|month [--json]',
  options: {
    data: {
      type: 'string',
      value: 'FILE',
      required: true,
      help: 'CSV, packed by gzip or not, with the columns date (dd/mm/yyyy hh:mm, end of the quarter hour) and Usage_kWh',
    },
    'train-to': {
      type: 'string',
      value: 'DATE',
      required: true,
      help: 'last day of the training part, yyyy-mm-dd; forecasts begin the day after',
    },
    horizon: { type: 'string', value: 'day|week|month', required: true, help: 'what is forecast: its total' },
    json: { type: 'boolean', help: 'print the result as one line of JSON' },
  },
  async run({ values }) {
    const horizon = horizonOf(values['horizon']);
    const last = lastTrainedDay(String(values['train-to']));
    const file = String(values['data']);
    const series = dailyEnergyFromCsv(read(file), basename(file));
    const trained = trainedDays(series, last);
    const report = rollOrigin(series, trained, horizon);
    sayLeftOut(series, trained, report);
    process.stdout.write(values['json'] === true ? `${JSON.stringify(report)}\n` : asText(report));
    return 0;
  },
};

function read(file: string): string {
  try {
    const bytes = readFileSync(file);
    const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return (packed ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch (cause) {
    throw new BenchlineError('not_found', `cannot read ${file}: ${describeError(cause)}`, {
      hint: 'give --data the path of a CSV file, packed by gzip or not',
      cause,
    });
  }
}

function horizonOf(text: unknown): Horizon {
  if (typeof text === 'string' && Object.hasOwn(horizonDays, text)) return text as Horizon;
  throw new BenchlineError('usage', `--horizon ${String(text)} is none`, {
    hint: 'write day, week or month',
  });
}

/** Days since 1970-01-01. */
function lastTrainedDay(text: string): number {
  const last = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(last) || dateOf(last / dayMs) !== text)
    throw new BenchlineError('usage', `--train-to ${text} is no date`, { hint: 'write it as 2018-07-31' });
  return last / dayMs;
}

function trainedDays({ first_day, kwh }: DailyEnergy, last: number): number {
  const days = last - first_day + 1;
  if (days > 0 && days < kwh.length) return days;
  throw new BenchlineError('usage', `--train-to ${dateOf(last)} leaves nothing to train on or to forecast`, {
    hint: `the file runs from ${dateOf(first_day)} to ${dateOf(first_day + kwh.length - 1)}`,
  });
}

function dateOf(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

/** What the figures are not about; JSON has them alone on its line. */
function sayLeftOut({ kwh }: DailyEnergy, trained: number, { horizon, origins }: ForecastReport): void {
  const unknown = kwh.filter((day) => day === undefined).length;
  if (unknown > 0)
    process.stderr.write(`${unknown} of ${kwh.length} days have missing quarter hours and were left out\n`);
  const begun = kwh.length - trained - horizonDays[horizon] + 1;
  if (origins < begun)
    process.stderr.write(
      `${begun - origins} of ${begun} forecasts were left out: each needs ${leastKnownDays} known days before it, and its span and the one it is compared with known\n`,
    );
}

function asText({
  horizon,
  origins,
  mae_kwh,
  mase,
  interval_90_coverage,
  seasonal_naive,
}: ForecastReport): string {
  const kwh = (value: number) => `${value.toFixed(1)} kWh`;
  const coverage =
    interval_90_coverage === null ? 'too few to say' : `${(interval_90_coverage * 100).toFixed(1)} %`;
  return [
    `${origins} forecasts of a ${horizon}'s consumption`,
    `mean absolute error  ${kwh(mae_kwh)}, seasonal-naive ${kwh(seasonal_naive.mae_kwh)}`,
    `MASE                 ${mase === null ? 'none: seasonal-naive never erred on the training part' : mase.toFixed(3)}`,
    `inside the 90 % band ${coverage}`,
    '',
  ].join('\n');
}
