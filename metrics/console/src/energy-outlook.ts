import { element, select } from './dom.ts';
import { cusumChart, gauge } from './energy-charts.ts';
import { type EnergyMessageId, energyMessage } from './energy-messages.ts';
import { detail, statusName, titled, type Wording } from './energy-panels.ts';
import { formatAmount, formatShare, locale } from './format.ts';
import type { EnergyBaseline, EnergyForecast } from './types.ts';

/** What the running day, week and month will come to, with the band and the error that it is told with. */
export function forecastPanel(wording: Wording, forecasts: readonly EnergyForecast[]): HTMLElement {
  const { language } = wording;
  const say = (id: EnergyMessageId) => energyMessage(language, id);
  const content = forecasts.map(({ period, unit, status, used, outlook, known_days }) => {
    const text = (amount: number | undefined) => formatAmount(amount, unit, language);
    const days = `${known_days} ${say('known_days')}`;
    const head = element('h3', {}, say(period));
    const sofar = used === undefined ? [] : [`${say('used')} ${text(used)}`];
    if (!outlook)
      return element(
        'div',
        { 'data-forecast': period },
        head,
        detail([...sofar, `${say('expected')}: ${statusName(wording, status)}`, days].join(' · ')),
      );
    const { expected, low, high, mean_error, checked } = outlook;
    const most = Math.max(expected, high ?? 0, used ?? 0) * 1.05;
    const band =
      low === undefined || high === undefined ? [] : [`${text(low)} – ${text(high)} (${say('band')})`];
    const error =
      mean_error === undefined ? [] : [`${say('mean_error')}: ± ${text(mean_error)} (n = ${checked})`];
    const summary = [...sofar, `${say('expected')} ${text(expected)}`, ...band].join(' · ');
    return element(
      'div',
      { 'data-forecast': period },
      head,
      gauge(
        most,
        [
          { class: 'band', from: low ?? expected, to: high ?? expected },
          { class: 'used', from: 0, to: used ?? 0 },
          { class: 'mark', from: expected, to: expected },
        ],
        summary,
      ),
      element('p', {}, summary),
      detail([...error, days].join(' · ')),
    );
  });
  return titled(wording, 'forecast', '', ...content);
}

/** Chosen where the plant file declares no baseline: fitting one to weeks of readings takes its time. */
export const noBaseline = 'none';

/** What a reader may choose of a baseline; `baseline` is the id of a declared one, or `recent`. */
export interface BaselineChoice {
  baseline: string;
  variable: string;
  grain: string;
  model: string;
}

const options = {
  variable: ['good_items', 'items', 'production_h', 'planned_h'],
  grain: ['shift', 'day'],
  model: ['regression', 'ratio'],
} as const;
const optionNames: Partial<Record<string, EnergyMessageId>> = { shift: 'by_shift', day: 'by_day' };

/** Energy against a baseline: the fit with R² and n, and the savings since, added up. */
export function baselinePanel(
  wording: Wording,
  {
    answer,
    declared,
    chosen,
  }: {
    answer: EnergyBaseline | undefined;
    declared: readonly (readonly [id: string, name: string])[];
    chosen: BaselineChoice;
  },
  choose: (change: Partial<BaselineChoice>) => void,
): HTMLElement {
  const { language } = wording;
  const say = (id: EnergyMessageId) => energyMessage(language, id);
  const list = (id: keyof typeof options) =>
    select(
      { id, label: say(id), chosen: chosen[id] },
      options[id].map((value) => [value, say(optionNames[value] ?? (value as EnergyMessageId))]),
      (value) => choose({ [id]: value }),
    );
  const which = select(
    { id: 'baseline', label: '', chosen: chosen.baseline },
    [...(declared.length > 0 ? [] : [[noBaseline, '—'] as const]), ...declared, ['recent', say('recent')]],
    (baseline) => choose({ baseline }),
  );
  const selects = chosen.baseline === 'recent' ? [list('variable'), list('grain'), list('model')] : [];
  return titled(
    wording,
    'baseline',
    '',
    element('div', { class: 'selects' }, which, ...selects),
    ...(answer ? [fit(wording, answer), ...savings(wording, answer)] : []),
  );
}

function fit(wording: Wording, { fitted, unit, variables, saving }: EnergyBaseline): HTMLElement {
  const { language } = wording;
  const say = (id: EnergyMessageId) => energyMessage(language, id);
  const number = new Intl.NumberFormat(locale(language), { maximumSignificantDigits: 4 });
  const rows: [string, string][] = [['n', number.format(fitted.n)]];
  if (fitted.r2 !== undefined) rows.push(['R²', number.format(fitted.r2)]);
  if (fitted.intercept !== undefined)
    rows.push([say('base_load'), formatAmount(fitted.intercept, unit, language)]);
  fitted.slopes?.forEach((slope, i) =>
    rows.push([`${say('slope')}: ${say(variables[i] ?? 'items')}`, formatAmount(slope, unit, language)]),
  );
  if (fitted.cv !== undefined) rows.push(['CV(RMSE)', formatShare(fitted.cv, language)]);
  if (saving !== undefined) rows.push([say('saving'), formatAmount(saving, unit, language)]);
  const facts = rows.map(([name, text]) =>
    element('div', {}, element('dt', {}, name), element('dd', { 'data-fit': name }, text)),
  );
  const list = element('dl', { class: 'factors' }, ...facts);
  if (fitted.status === 'ok') return list;
  return element('div', {}, list, detail(statusName(wording, fitted.status)));
}

function savings({ language }: Wording, answer: EnergyBaseline): Element[] {
  if (answer.fitted.status !== 'ok') return [];
  const told = answer.periods.some(({ saving }) => saving !== undefined);
  if (!told) return [detail(energyMessage(language, 'no_periods'))];
  const name = energyMessage(language, 'cusum');
  return [element('h3', {}, name), cusumChart(answer, name, language)];
}
