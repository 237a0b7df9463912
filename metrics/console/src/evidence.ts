import { fact, openDialog } from './dialog.ts';
import { element } from './dom.ts';
import { entriesBehind } from './evidence-entries.ts';
import { historyOf } from './evidence-history.ts';
import { type EvidenceMessageId, evidenceMessage } from './evidence-messages.ts';
import type { EvidenceSubject, EvidenceWords } from './evidence-subject.ts';
import { figureUnit, formatDate, formatFigure, formatShare, locale } from './format.ts';
import { pathName } from './plant.ts';
import type { Figure, Language } from './types.ts';

/** Shows where a figure comes from: formula, source, inputs, coverage, bounds, what people stated, revisions. Escape closes it. */
export function openEvidence(subject: EvidenceSubject, words: EvidenceWords): void {
  const { catalogue, language } = words;
  const { kpi, result } = subject;
  const definition = catalogue.kpis.find(({ id }) => id === kpi);
  const figure = result.figures[kpi];
  if (!definition || !figure) return;
  const say = (id: EvidenceMessageId) => evidenceMessage(language, id);
  const entries = element('div', { 'data-evidence': 'entries' });
  const history = element('div', { 'data-evidence': 'history' });
  openDialog(
    {
      of: kpi,
      title: definition.name[language],
      value: formatFigure(figure, kpi, catalogue, language),
      unit: figureUnit(definition.unit, language),
      language,
    },
    element(
      'dl',
      { class: 'facts' },
      ...factsOf(subject, figure, words).flatMap((one) => factItem(one, say)),
    ),
    element('h3', {}, say('inputs')),
    inputTable(figure, words),
    element('h3', {}, say('entries')),
    entries,
    element('h3', {}, say('history')),
    history,
    element('p', { class: 'detail' }, apiLink(subject, language)),
  );
  void entriesBehind(subject, words).then((list) => entries.replaceChildren(list));
  void historyOf(subject, words).then((list) => history.replaceChildren(list));
}

type Fact = readonly [EvidenceMessageId, string, note?: string];

function factsOf({ kpi, result }: EvidenceSubject, figure: Figure, words: EvidenceWords): Fact[] {
  const { catalogue, language, plant } = words;
  const definition = catalogue.kpis.find(({ id }) => id === kpi);
  const say = (id: EvidenceMessageId) => evidenceMessage(language, id);
  const bound = (value: number | undefined) => formatFigure({ ...figure, value }, kpi, catalogue, language);
  const status = catalogue.statuses.find(({ id }) => id === figure.status)?.name[language] ?? figure.status;
  const { lower, upper, basis, formula } = figure;
  return [
    ['status', status],
    ['scope', pathName(plant, result.scope, language), result.scope],
    ['window', spanText(result, language), result.time_zone],
    ...(result.parts && result.parts.length > 1
      ? [['shifts', String(result.parts.length)] satisfies Fact]
      : []),
    ['formula', definition?.texts.formula[language] ?? '', formula],
    ['source', definition?.texts.source[language] ?? ''],
    ['basis', say(basis)],
    ['coverage', formatShare(result.coverage, language)],
    ...(lower !== undefined || upper !== undefined
      ? [['bounds', `${bound(lower)} … ${bound(upper)}`, say('bounds_note')] satisfies Fact]
      : []),
    ['revision', revisionText(result, say)],
  ];
}

/** Which revision it is, and whether it may still change. */
export function revisionText(
  { revision, provisional }: Pick<EvidenceSubject['result'], 'revision' | 'provisional'>,
  say: (id: EvidenceMessageId) => string,
): string {
  const which =
    revision === null ? say('not_published') : revision === 0 ? say('before_first') : String(revision);
  return provisional ? `${which} · ${say('provisional')}` : which;
}

/** From when to when a figure is, in words: a window that is still open is asked for to beyond now. */
export function spanText(
  { from, to, time_zone }: Pick<EvidenceSubject['result'], 'from' | 'to' | 'time_zone'>,
  language: Language,
): string {
  const end =
    new Date(to) > new Date() ? evidenceMessage(language, 'now') : formatDate(to, time_zone, language);
  return `${formatDate(from, time_zone, language)} – ${end}`;
}

/** Units of inputs by how their names end. */
const inputUnits: readonly (readonly [ending: string, unit: string])[] = [
  ['_kwh', 'kWh'],
  ['_kgce', 'kgce'],
  ['_kg', 'kg'],
  ['_items', 'items'],
  ['_s', 's'],
  ['_h', 'h'],
];

function inputUnit(name: string, language: Language): string {
  const unit = inputUnits.find(([ending]) => `_${name}`.endsWith(ending))?.[1];
  return unit === undefined ? '' : ` ${figureUnit(unit, language)}`;
}

function factItem([name, text, note = '']: Fact, say: (id: EvidenceMessageId) => string): HTMLElement[] {
  return fact(say(name), name, text, note);
}

function inputTable({ inputs }: Figure, { catalogue, language }: EvidenceWords): HTMLElement {
  const rows = Object.entries(inputs);
  if (rows.length === 0) return element('p', { class: 'detail' }, evidenceMessage(language, 'no_inputs'));
  const number = new Intl.NumberFormat(locale(language), { maximumFractionDigits: 6 });
  return element(
    'dl',
    { class: 'facts inputs', 'data-evidence': 'inputs' },
    ...rows.flatMap(([name, value]) => [
      element(
        'dt',
        {},
        catalogue.inputs.find(({ id }) => id === name)?.name[language] ?? '',
        ' ',
        element('code', {}, name),
      ),
      element('dd', {}, `${number.format(value)}${inputUnit(name, language)}`),
    ]),
  );
}

function apiLink({ kpi, result: { scope, from, to } }: EvidenceSubject, language: Language): HTMLElement {
  const href = `/api/v1/kpis?${new URLSearchParams({ scope, from, to, kpi })}`;
  return element('a', { href, target: '_blank', rel: 'noopener' }, evidenceMessage(language, 'same_as_api'));
}
