import { figureButton } from './dialog.ts';
import { element } from './dom.ts';
import { withEvidence } from './energy-evidence.ts';
import { type EnergyMessageId, energyMessage } from './energy-messages.ts';
import { askedFor, detail, type EnergyFigure, statusName, titled, type Wording } from './energy-wording.ts';
import { openEvidence } from './evidence.ts';
import { colon, formatAmount, formatFigure, formatShare, reasonOf } from './format.ts';
import type { EnergySummary, KpiResult } from './types.ts';

type Carrier = EnergySummary['carriers'][number];

/** Comprehensive energy by both bases, CO₂, energy per item and per value, and the carriers that make it up. */
export function summaryPanel(wording: Wording, summary: EnergySummary, kpis: KpiResult): HTMLElement {
  const { language, energy, catalogue } = wording;
  const say = (id: EnergyMessageId) => energyMessage(language, id);
  const { region, year } = energy.in_use.grid;
  const fact = (name: string, figure: EnergyFigure, field: Field, note = '') =>
    factOf(wording, summary, { name, figure, field, note });
  const facts = element(
    'dl',
    { class: 'factors' },
    ...summary.by_basis.map(({ name, basis, comprehensive_energy }) =>
      fact(`${say('summary')} · ${say(basis)}`, inTce(comprehensive_energy), 'by_basis', name[language]),
    ),
    fact(say('co2'), summary.co2, 'co2', `${say('grid')} ${say(region)} ${year}`),
    perItem(wording, kpis),
    ...summary.by_basis.map(({ basis, comprehensive_energy_per_good_item: each }) =>
      fact(`${say('per_item_kgce')} · ${say(basis)}`, each, 'comprehensive_energy_per_good_item'),
    ),
    ...(['comprehensive_energy_per_output_value', 'comprehensive_energy_per_value_added'] as const).map(
      (field, i) => fact(say(i === 0 ? 'per_output' : 'per_value_added'), summary[field], field),
    ),
  );
  const missing =
    summary.not_read.length > 0
      ? [detail(`${say('not_read')}${colon(language)}${summary.not_read.join(', ')}`)]
      : [];
  const set = energy.factor_sets.find(({ id }) => id === summary.factor_set)?.name[language];
  const coverage = formatShare(kpis.coverage, language);
  // Meters alone tell no states: of them there is no time to have observed.
  const observed =
    kpis.figures.coverage?.status === 'not_applicable'
      ? []
      : [reasonOf(kpis.figures.coverage, catalogue, language) || `${coverage} ${say('observed')}`];
  return titled(
    wording,
    'summary',
    [set, ...observed].join(' · '),
    facts,
    carrierTable(wording, summary),
    ...missing,
  );
}

/** A field of the answer that its formulas are listed by. */
type Field = keyof EnergySummary;

interface Fact {
  name: string;
  figure: EnergyFigure;
  field: Field;
  note: string;
}

/** A figure with its name; where it is absent, why. */
function factOf(wording: Wording, summary: EnergySummary, { name, figure, field, note }: Fact): HTMLElement {
  const { language } = wording;
  const known = figure.value !== undefined;
  const notes = [note, figure.status === 'ok' || !known ? '' : statusName(wording, figure.status)];
  const text = known ? formatAmount(figure.value, figure.unit, language) : statusName(wording, figure.status);
  const said = notes.filter(Boolean).join(' · ');
  const shown = withEvidence(wording, {
    ...summary,
    ...{ title: name, text, status: statusName(wording, figure.status) },
    ...basedOn(summary, field),
    inputs: summary.carriers.map((carrier) => [carrier.name[language], carrierInput(wording, carrier)]),
    api: { path: 'energy/summary', query: askedFor(summary) },
  });
  return element(
    'div',
    {},
    element('dt', {}, name),
    element('dd', known ? {} : { class: 'absent' }, shown, ...(said ? [element('small', {}, said)] : [])),
  );
}

function basedOn({ evidence }: EnergySummary, field: Field) {
  return { formula: evidence.formulas[field] ?? '', declared: evidence.declared.includes(field) };
}

function inTce(figure: EnergyFigure): EnergyFigure {
  const { value } = figure;
  return value === undefined || value < 1000 ? figure : { ...figure, value: value / 1000, unit: 'tce' };
}

/** Of the key figures, since only they say how much of the time was observed. */
function perItem({ plant, language, catalogue }: Wording, result: KpiResult): HTMLElement {
  const kpi = 'energy_kwh_per_good_item';
  const { figures } = result;
  const known = figures[kpi]?.value !== undefined;
  const unit = language === 'zh' ? 'kWh/件' : 'kWh/item';
  const text = known
    ? `${formatFigure(figures[kpi], kpi, catalogue, language)} ${unit}`
    : reasonOf(figures[kpi], catalogue, language);
  const open = () => openEvidence({ kpi, result }, { plant, catalogue, language });
  return element(
    'div',
    {},
    element('dt', {}, energyMessage(language, 'per_item_kwh')),
    element(
      'dd',
      { 'data-energy': kpi, ...(!known && { class: 'absent' }) },
      figureButton(text, language, open),
    ),
  );
}

/** What a carrier gave, with its factors and where these come from. */
function carrierInput(wording: Wording, carrier: Carrier): string {
  const { net, unit } = carrier;
  return [formatAmount(net, unit, wording.language), ...carrierNotes(wording, carrier)].join(' · ');
}

function carrierNotes(wording: Wording, carrier: Carrier): string[] {
  const { counted, status, kgce, kgce_factor, co2_kg, co2_factor } = carrier;
  const changed = (kgce !== undefined && !kgce_factor) || (co2_kg !== undefined && !co2_factor);
  const factor = (of: Carrier['kgce_factor'], unit: string) =>
    of
      ? [`${of.value} ${unit}/${of.unit} (${(wording.language === 'zh' && of.source_zh) || of.source})`]
      : [];
  return [
    ...(counted ? [] : [energyMessage(wording.language, 'not_counted')]),
    ...(status === 'ok' ? [] : [statusName(wording, status)]),
    ...factor(kgce_factor, 'kgce'),
    ...factor(co2_factor, 'kg CO₂'),
    ...(changed ? [energyMessage(wording.language, 'factors_changed')] : []),
  ];
}

function carrierTable(wording: Wording, summary: EnergySummary): HTMLElement {
  const { language } = wording;
  const say = (id: EnergyMessageId) => energyMessage(language, id);
  if (summary.carriers.length === 0) return detail(say('no_energy'));
  const heads = [say('carrier'), say('amount'), 'kgce', `${say('co2')} (kg)`, say('factors')];
  const rows = summary.carriers.map((each) => {
    const amount = (text: string, field: Field, heading: string) =>
      withEvidence(wording, {
        ...summary,
        ...{ title: `${each.name[language]} · ${heading}`, text: text.trim() },
        ...basedOn(summary, field),
        inputs: [[each.name[language], carrierInput(wording, each)]],
        api: { path: 'energy/summary', query: askedFor(summary) },
      });
    const figures = [
      amount(formatAmount(each.net, each.unit, language), 'carriers', say('amount')),
      amount(formatAmount(each.kgce, '', language), 'comprehensive_energy', 'kgce'),
      amount(formatAmount(each.co2_kg, '', language), 'co2', `${say('co2')} (kg)`),
    ];
    return element(
      'tr',
      { 'data-carrier': each.carrier },
      element('th', { scope: 'row' }, each.name[language]),
      ...figures.map((figure, i) =>
        element('td', { class: 'number', 'data-label': heads[i + 1] ?? '' }, figure),
      ),
      element(
        'td',
        { class: 'wide' },
        element('small', { class: 'detail' }, carrierNotes(wording, each).join(' · ')),
      ),
    );
  });
  const head = heads.map((text, i) =>
    element('th', { scope: 'col', ...(i > 0 && i < 4 && { class: 'number' }) }, text),
  );
  return element(
    'table',
    {},
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...rows),
  );
}
