import { lineChart, sideClass } from './compare-chart.ts';
import { type CompareMessageId, compareMessage } from './compare-messages.ts';
import { figureButton } from './dialog.ts';
import { element } from './dom.ts';
import { openEvidence } from './evidence.ts';
import { figureUnit, formatDate, formatFigure, formatShare, locale, reasonOf } from './format.ts';
import { message } from './messages.ts';
import { panel, track } from './panels.ts';
import { pathName } from './plant.ts';
import type { Catalogue, Comparison, Figure, KpiId, Language, PlantView } from './types.ts';

type Side = Comparison['sides'][number];
type Period = NonNullable<Side['periods']>[number];

export interface CompareModel {
  plant: PlantView;
  catalogue: Catalogue;
  language: Language;
  kpis: readonly KpiId[];
  comparison: Comparison;
}

/** One panel for each key figure: the sides with their differences, and along time where a grain was chosen. */
export function comparePanels(model: CompareModel): HTMLElement[] {
  return model.kpis.map((kpi) => {
    const { catalogue, language, comparison } = model;
    const definition = catalogue.kpis.find(({ id }) => id === kpi);
    const chart = lineChart(comparison.sides, kpi, model);
    const made = panel(
      {
        id: kpi,
        title: definition?.name[language] ?? kpi,
        badge: figureUnit(definition?.unit ?? '', language),
      },
      sideTable(model, kpi),
      ...hardlyObserved(model),
      ...(chart ? [chart] : []),
      ...(comparison.sides.some(({ periods }) => periods && periods.length > 0)
        ? [periodTable(model, kpi)]
        : []),
    );
    made.classList.add('compared');
    return made;
  });
}

/** Less than this of its time makes a side a poor thing to compare with. */
const wellObserved = 0.9;

function hardlyObserved({ comparison: { sides }, language }: CompareModel): HTMLElement[] {
  const little = sides.some(({ coverage }) => coverage !== null && coverage < wellObserved);
  if (sides.length < 2 || !little) return [];
  return [element('p', { class: 'detail' }, compareMessage(language, 'hardly_observed'))];
}

function sideTable(model: CompareModel, kpi: KpiId): HTMLElement {
  const { comparison } = model;
  const { sides } = comparison;
  const values = sides.map(({ figures }) => figures[kpi]?.value ?? 0);
  const most = Math.max(...values.map(Math.abs));
  const rows = sides.map((side, i) => {
    const figure = side.figures[kpi];
    const { difference, relative } = differenceTexts(model, kpi, i);
    const status = statusText(model, side, figure);
    const cell = (label: CompareMessageId, className: string, ...content: (Node | string)[]) =>
      element('td', { class: className, 'data-label': compareMessage(model.language, label) }, ...content);
    return element(
      'tr',
      { 'data-side': String(i) },
      element(
        'th',
        { scope: 'row' },
        element('span', { class: `key ${sideClass(i)}` }),
        ...sideName(model, side),
      ),
      cell('value', 'number', button(model, kpi, side)),
      element('td', { class: 'wide' }, barOf(figure?.value, most, sideClass(i))),
      cell('difference', 'number', difference),
      cell('relative', 'number', relative),
      cell('coverage', 'number', formatShare(side.coverage, model.language)),
      cell('status', 'text', status),
    );
  });
  return tableOf(
    model,
    [
      ['side', ''],
      ['value', 'number'],
      ['', 'wide'],
      ['difference', 'number'],
      ['relative', 'number'],
      ['coverage', 'number'],
      ['status', 'text'],
    ],
    rows,
  );
}

function tableOf(
  { language }: CompareModel,
  heads: readonly (readonly [CompareMessageId | '', string])[],
  rows: readonly HTMLElement[],
): HTMLElement {
  const head = heads.map(([id, className]) =>
    element('th', { scope: 'col', class: className }, id ? compareMessage(language, id) : ''),
  );
  return element(
    'table',
    {},
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...rows),
  );
}

function button(model: CompareModel, kpi: KpiId, result: Side | (Side & Period)): HTMLElement {
  const { catalogue, language } = model;
  const figure = result.figures[kpi];
  const made = figureButton(formatFigure(figure, kpi, catalogue, language), language, () =>
    openEvidence({ kpi, result }, model),
  );
  made.classList.toggle('absent', figure?.value === undefined);
  return made;
}

/** Which machine, shift or period a side is: whatever tells it from the others. */
function sideName({ comparison, plant, language }: CompareModel, side: Side): (Node | string)[] {
  const differs = (of: (one: Side) => string) => new Set(comparison.sides.map(of)).size > 1;
  const span = [side.from, side.to].map((at) => formatDate(at, side.time_zone, language)).join(' – ');
  const scope = pathName(plant, side.scope, language).split(' › ').at(-1) ?? side.scope;
  if (side.shift) {
    const count = side.shifts ?? 1;
    const times = `${count} ${compareMessage(language, count === 1 ? 'once' : 'times')}`;
    return [side.shift.name[language], element('small', {}, times)];
  }
  return differs((one) => one.scope) ? [scope] : [span];
}

/** The first side is what the others are compared with. Percentages differ by percentage points. */
function differenceTexts(
  { catalogue, comparison, language }: CompareModel,
  kpi: KpiId,
  side: number,
): { difference: Node | string; relative: string } {
  if (side === 0) return { difference: compareMessage(language, 'basis'), relative: '' };
  const by = comparison.differences.find((one) => one.side === side)?.figures[kpi];
  const definition = catalogue.kpis.find(({ id }) => id === kpi);
  if (by?.difference === undefined || !definition) return { difference: '—', relative: '' };
  const percent = definition.unit === '%';
  const signed = (value: number, digits: number, style: 'decimal' | 'percent' = 'decimal') =>
    new Intl.NumberFormat(locale(language), {
      ...{ style, signDisplay: 'exceptZero' },
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }).format(value);
  const amount = signed(percent ? by.difference * 100 : by.difference, definition.decimals);
  const better = Math.sign(by.difference) * { up: 1, down: -1, none: 0 }[definition.direction];
  return {
    difference: element(
      'span',
      { class: better > 0 ? 'better' : better < 0 ? 'worse' : '' },
      amount,
      ...(percent ? [element('small', {}, compareMessage(language, 'points'))] : []),
    ),
    relative:
      percent || by.ratio === undefined
        ? ''
        : by.ratio < 9
          ? signed(by.ratio, 1, 'percent')
          : `× ${timesOf(by.ratio + 1, language)}`,
  };
}

/** Why a figure is absent or how good it is, and whether it may still change. */
function statusText(
  { catalogue, language }: CompareModel,
  { provisional, revision }: Side,
  figure: Figure | undefined,
): string {
  const status = catalogue.statuses.find(({ id }) => id === figure?.status)?.name[language];
  return [
    reasonOf(figure, catalogue, language) || status || '—',
    ...(provisional ? [message(language, 'provisional')] : []),
    ...(revision !== null && revision > 0 ? [`${message(language, 'revision')} ${revision}`] : []),
  ].join(' · ');
}

function barOf(value: number | undefined, most: number, side: string): HTMLElement {
  if (value === undefined || most === 0) return track([]);
  return track([{ class: value < 0 ? 'negative' : side, from: 0, length: Math.abs(value) / most }]);
}

/** The figures behind the lines, each with its evidence. */
function periodTable(model: CompareModel, kpi: KpiId): HTMLElement {
  const { comparison, language } = model;
  const { sides } = comparison;
  const length = Math.max(...sides.map(({ periods = [] }) => periods.length));
  // Machines have their periods in common, days before and after do not.
  const shared = new Set(sides.map(({ periods = [] }) => periods.map(({ from }) => from).join())).size === 1;
  const rows = Array.from({ length }, (_, i) =>
    element(
      'tr',
      {},
      ...sides.flatMap((side, nth) => {
        const when = shared && nth > 0 ? [] : [whenCell(model, side, side.periods?.[i])];
        return [...when, periodCell(model, kpi, { side, nth, i })];
      }),
    ),
  );
  const period = element('th', { scope: 'col' }, compareMessage(language, 'period'));
  const heads = sides.flatMap((side, nth) => [
    ...(shared && nth > 0 ? [] : [nth > 0 ? period.cloneNode(true) : period]),
    element(
      'th',
      { scope: 'col', class: 'number' },
      element('span', { class: `key ${sideClass(nth)}` }),
      ...(shared ? sideName(model, side) : [compareMessage(language, 'value')]),
    ),
  ]);
  const table = element(
    'table',
    { class: 'periods' },
    element('thead', {}, element('tr', {}, ...heads)),
    element('tbody', {}, ...rows),
  );
  return element(
    'details',
    {},
    element('summary', {}, compareMessage(language, 'each_period')),
    element('div', { class: 'scroll' }, table),
  );
}

function whenCell({ language }: CompareModel, { time_zone }: Side, period: Period | undefined): HTMLElement {
  return element('td', {}, period ? formatDate(period.from, time_zone, language) : '');
}

function periodCell(
  model: CompareModel,
  kpi: KpiId,
  { side, nth, i }: { side: Side; nth: number; i: number },
): HTMLElement {
  const period = side.periods?.[i];
  if (!period) return element('td', {});
  const { parts: _parts, ...one } = side;
  const why = reasonOf(period.figures[kpi], model.catalogue, model.language);
  return element(
    'td',
    { class: 'number' },
    element('span', { class: `key ${sideClass(nth)}` }),
    button(model, kpi, { ...one, ...period }),
    ...(why ? [element('small', {}, why)] : []),
  );
}

function timesOf(factor: number, language: Language): string {
  return new Intl.NumberFormat(locale(language), { maximumSignificantDigits: 3 }).format(factor);
}
