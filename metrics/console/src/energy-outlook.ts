import { element, select } from './dom.ts';
import { cusumChart, gauge } from './energy-charts.ts';
import { withEvidence } from './energy-evidence.ts';
import { type EnergyMessageId, energyMessage } from './energy-messages.ts';
import { detail, statusName, titled, type Wording } from './energy-wording.ts';
import { colon, formatAmount, formatShare, locale } from './format.ts';
import type { EnergyBaseline, EnergyForecast } from './types.ts';

/** What the running day, week and month will come to, with the band and the error that it is told with. */
export function forecastPanel(wording: Wording, forecasts: readonly EnergyForecast[]): HTMLElement {
  const content = forecasts.map((forecast) =>
    element(
      'div',
      { 'data-forecast': forecast.period },
      element('h3', {}, energyMessage(wording.language, forecast.period)),
      ...(forecast.outlook ? expected(wording, forecast, forecast.outlook) : [unknown(wording, forecast)]),
    ),
  );
  const told = forecasts.some(({ outlook }) => outlook);
  return titled(wording, 'forecast', '', ...content, ...(told ? [] : [elsewhere(wording, forecasts)]));
}

function unknown(wording: Wording, { status, used, unit, known_days }: EnergyForecast): HTMLElement {
  const { language } = wording;
  const say = (id: EnergyMessageId) => energyMessage(language, id);
  const sofar = used === undefined ? [] : [`${say('used')} ${formatAmount(used, unit, language)}`];
  const days = `${known_days} ${say('known_days')}`;
  return detail(
    [...sofar, `${say('expected')}${colon(language)}${statusName(wording, status)}`, days].join(' · '),
  );
}

/** What a forecast needs, and the lines with meters of their own, which may have it. */
function elsewhere(wording: Wording, forecasts: readonly EnergyForecast[]): HTMLElement {
  const { language, plant } = wording;
  const lines = plant.enterprise.sites.flatMap(({ areas }) => areas).flatMap((area) => area.lines);
  const links = lines
    .filter(({ meters, scope }) => meters.length > 0 && forecasts.every((one) => one.scope !== scope))
    .flatMap(({ scope, name }, i) => [
      i > 0 ? ' · ' : ' ',
      element('a', { href: `?${new URLSearchParams({ lang: language, scope })}` }, name[language]),
    ]);
  return element(
    'p',
    { class: 'detail' },
    energyMessage(language, 'forecast_needs'),
    ...(links.length > 0 ? [` ${energyMessage(language, 'forecast_elsewhere')}`, ...links] : []),
  );
}

function expected(
  wording: Wording,
  forecast: EnergyForecast,
  { expected: most_likely, low, high, mean_error, checked }: NonNullable<EnergyForecast['outlook']>,
): HTMLElement[] {
  const { language } = wording;
  const { period, unit, used, known_days } = forecast;
  const say = (id: EnergyMessageId) => energyMessage(language, id);
  const text = (amount: number | undefined) => formatAmount(amount, unit, language);
  const sofar = used === undefined ? [] : [`${say('used')} ${text(used)}`];
  const band =
    low === undefined || high === undefined ? [] : [`${text(low)} – ${text(high)} (${say('band')})`];
  const error =
    mean_error === undefined
      ? []
      : [`${say('mean_error')}${colon(language)}± ${text(mean_error)} (n = ${checked})`];
  const summary = [...sofar, `${say('expected')} ${text(most_likely)}`, ...band].join(' · ');
  return [
    gauge(
      Math.max(most_likely, high ?? 0, used ?? 0) * 1.05,
      [
        { class: 'band', from: low ?? most_likely, to: high ?? most_likely },
        { class: 'used', from: 0, to: used ?? 0 },
        { class: 'mark', from: most_likely, to: most_likely },
      ],
      summary,
    ),
    element(
      'p',
      {},
      withEvidence(wording, {
        ...forecast,
        ...{ title: `${say('forecast')} · ${say(period)}`, text: summary },
        formula: forecast.evidence.formulas['outlook'] ?? '',
        value: text(most_likely),
        inputs: [
          [say('used'), text(used)],
          [say('band'), band.length > 0 ? `${text(low)} – ${text(high)}` : '—'],
          [say('known_days'), String(known_days)],
          [say('checked'), String(checked)],
          [say('mean_error'), mean_error === undefined ? '—' : `± ${text(mean_error)}`],
        ],
        api: { path: 'energy/forecast', query: { scope: forecast.scope, period } },
      }),
    ),
    detail([...error, `${known_days} ${say('known_days')}`].join(' · ')),
  ];
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
    { id: 'baseline', label: say('which_baseline'), chosen: chosen.baseline },
    [
      ...(declared.length > 0 ? [] : [[noBaseline, say('none_chosen')] as const]),
      ...declared,
      ['recent', say('recent')],
    ],
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

function fit(wording: Wording, answer: EnergyBaseline): HTMLElement {
  const { language } = wording;
  const { fitted, unit, variables, saving } = answer;
  const say = (id: EnergyMessageId) => energyMessage(language, id);
  const number = new Intl.NumberFormat(locale(language), { maximumSignificantDigits: 4 });
  const rows: [string, string][] = [[say('complete_periods'), number.format(fitted.n)]];
  if (fitted.r2 !== undefined) rows.push(['R²', number.format(fitted.r2)]);
  if (fitted.intercept !== undefined)
    rows.push([say('base_load'), formatAmount(fitted.intercept, unit, language)]);
  fitted.slopes?.forEach((slope, i) =>
    rows.push([
      `${say('slope')}${colon(language)}${say(variables[i] ?? 'items')}`,
      formatAmount(slope, unit, language),
    ]),
  );
  if (fitted.cv !== undefined) rows.push(['CV(RMSE)', formatShare(fitted.cv, language)]);
  if (saving !== undefined) rows.push([say('saving'), formatAmount(saving, unit, language)]);
  const facts = rows.map(([name, text]) =>
    element(
      'div',
      {},
      element('dt', {}, name),
      element('dd', { 'data-fit': name }, fitEvidence(wording, answer, name, text)),
    ),
  );
  const list = element('dl', { class: 'factors' }, ...facts);
  if (fitted.status === 'ok') return list;
  return element('div', {}, list, detail(statusName(wording, fitted.status)));
}

/** Savings are over the window that was asked for; all else is of the time that the baseline was fitted to. */
function fitEvidence(wording: Wording, answer: EnergyBaseline, name: string, text: string): HTMLElement {
  const { language } = wording;
  const { fitted, evidence, scope, time_zone, variables, periods, grain, carrier } = answer;
  const say = (id: EnergyMessageId) => energyMessage(language, id);
  const ofSaving = name === say('saving');
  const { from, to } = ofSaving ? answer : fitted;
  const known = periods.filter(({ saving }) => saving !== undefined).length;
  return withEvidence(wording, {
    ...{ title: name, text, scope, from, to, time_zone },
    formula: evidence.formulas[ofSaving ? 'saving' : 'fitted'] ?? '',
    ...(ofSaving && { evidence }),
    status: statusName(wording, fitted.status),
    inputs: [
      [say('variable'), variables.map((id) => say(id)).join(', ')],
      [say('grain'), say(optionNames[grain] ?? 'by_day')],
      [say('complete_periods'), String(ofSaving ? known : fitted.n)],
    ],
    api: { path: 'energy/baseline', query: { ...baselineQuery(answer), carrier } },
  });
}

function baselineQuery({ baseline, scope, from, to, fitted, model, variables, grain }: EnergyBaseline) {
  const window = { scope, from, to };
  if (baseline !== undefined) return { ...window, baseline };
  const [variable = ''] = variables;
  return { ...window, model, variable, grain, baseline_from: fitted.from, baseline_to: fitted.to };
}

function savings({ language }: Wording, answer: EnergyBaseline): Element[] {
  if (answer.fitted.status !== 'ok') return [];
  const told = answer.periods.some(({ saving }) => saving !== undefined);
  if (!told) return [detail(energyMessage(language, 'no_periods'))];
  const name = energyMessage(language, 'cusum');
  return [element('h3', {}, name), cusumChart(answer, name, language)];
}
