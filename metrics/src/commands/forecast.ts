import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { BenchlineError, type Command } from '@benchline/model';
import { type DailyEnergy, dailyEnergyFromCsv } from '../forecast/daily-energy.ts';
import { type ForecastReport, type Horizon, horizonDays, rollOrigin } from '../forecast/rolling-origin.ts';

/** `benchline forecast`: how well the forecast of consumption does on a recorded meter. */
export const forecast: Command = {
  summary: 'check the energy forecast on recorded 15-minute data',
  usage: '--data FILE.csv --train-to DATE --horizon day|week|month [--json]',
  options: {
    data: {
      type: 'string',
      value: 'FILE',
      required: true,
      help: 'CSV with the columns date (dd/mm/yyyy hh:mm, end of the quarter hour) and Usage_kWh',
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
    const file = String(values['data']);
    const series = dailyEnergyFromCsv(read(file), basename(file));
    const report = rollOrigin(
      series,
      trainedDays(series, String(values['train-to'])),
      horizonOf(values['horizon']),
    );
    sayUnknown(series);
    process.stdout.write(values['json'] === true ? `${JSON.stringify(report)}\n` : asText(report));
    return 0;
  },
};

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new BenchlineError('not_found', `cannot read ${file}`, { hint: 'check the path of --data', cause });
  }
}

function horizonOf(text: unknown): Horizon {
  if (typeof text === 'string' && Object.hasOwn(horizonDays, text)) return text as Horizon;
  throw new BenchlineError('usage', `--horizon ${String(text)} is none`, {
    hint: 'write day, week or month',
  });
}

function trainedDays(series: DailyEnergy, text: string): number {
  const last = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(last) || !new Date(last).toISOString().startsWith(text))
    throw new BenchlineError('usage', `--train-to ${text} is no date`, { hint: 'write it as 2018-07-31' });
  const days = last / 86_400_000 - series.first_day + 1;
  if (days > 0 && days < series.kwh.length) return days;
  const day = (index: number) => new Date((series.first_day + index) * 86_400_000).toISOString().slice(0, 10);
  throw new BenchlineError('usage', `--train-to ${text} leaves nothing to train on or to forecast`, {
    hint: `the file runs from ${day(0)} to ${day(series.kwh.length - 1)}`,
  });
}

function sayUnknown({ kwh }: DailyEnergy): void {
  const unknown = kwh.filter((day) => day === undefined).length;
  if (unknown > 0)
    process.stderr.write(`${unknown} of ${kwh.length} days have missing quarter hours and were left out\n`);
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
