import { element } from './dom.ts';
import { type EnergyMessageId, energyMessage } from './energy-messages.ts';
import { formatAmount, formatFigure, formatHours, formatShare, reasonOf } from './format.ts';
import { type Bar, barList, panel } from './panels.ts';
import type {
  Catalogue,
  EnergyByState,
  EnergyCatalogue,
  EnergyCosts,
  EnergySummary,
  KpiResult,
  Language,
  MeterBalance,
} from './types.ts';

/** What every panel needs to word what it shows. */
export interface Wording {
  language: Language;
  energy: EnergyCatalogue;
  catalogue: Catalogue;
  /** Names of machines and meters by id. */
  names: ReadonlyMap<string, string>;
}

type EnergyFigure = EnergySummary['co2'];

export function titled(
  { language }: Pick<Wording, 'language'>,
  id: EnergyMessageId,
  badge: string,
  ...content: Node[]
): HTMLElement {
  return panel({ id, title: energyMessage(language, id), badge }, ...content);
}

export function detail(text: string): HTMLElement {
  return element('p', { class: 'detail' }, text);
}

/** What a status means, in words. */
export function statusName({ energy, language }: Wording, status: string): string {
  return energy.statuses.find(({ id }) => id === status)?.name[language] ?? status;
}

export function nameOf({ names }: Wording, id: string): string {
  return names.get(id) ?? id;
}

/** A figure with its name; where it is absent, why. */
function fact(wording: Wording, name: string, figure: EnergyFigure, note = ''): HTMLElement {
  const { language } = wording;
  const known = figure.value !== undefined;
  const notes = [note, figure.status === 'ok' || !known ? '' : statusName(wording, figure.status)];
  const text = known ? formatAmount(figure.value, figure.unit, language) : statusName(wording, figure.status);
  const said = notes.filter(Boolean).join(' · ');
  return element(
    'div',
    {},
    element('dt', {}, name),
    element('dd', known ? {} : { class: 'absent' }, text, ...(said ? [element('small', {}, said)] : [])),
  );
}

function inTce(figure: EnergyFigure): EnergyFigure {
  const { value } = figure;
  return value === undefined || value < 1000 ? figure : { ...figure, value: value / 1000, unit: 'tce' };
}

/** Comprehensive energy by both bases, CO₂, energy per item and per value, and the carriers that make it up. */
export function summaryPanel(wording: Wording, summary: EnergySummary, kpis: KpiResult): HTMLElement {
  const { language, energy, catalogue } = wording;
  const say = (id: EnergyMessageId) => energyMessage(language, id);
  const { region, year } = energy.in_use.grid;
  const facts = element('dl', { class: 'factors' });
  for (const { name, basis, comprehensive_energy } of summary.by_basis)
    facts.append(
      fact(wording, `${say('summary')} · ${say(basis)}`, inTce(comprehensive_energy), name[language]),
    );
  facts.append(
    fact(wording, say('co2'), summary.co2, `${say('grid')} ${region} ${year}`),
    perItem(wording, kpis),
    ...summary.by_basis.map(({ basis, comprehensive_energy_per_good_item: each }) =>
      fact(wording, `${say('per_item_kgce')} · ${say(basis)}`, each),
    ),
    fact(wording, say('per_output'), summary.comprehensive_energy_per_output_value),
    fact(wording, say('per_value_added'), summary.comprehensive_energy_per_value_added),
  );
  const missing =
    summary.not_read.length > 0 ? [detail(`${say('not_read')}: ${summary.not_read.join(', ')}`)] : [];
  const set = energy.factor_sets.find(({ id }) => id === summary.factor_set)?.name[language];
  const coverage = formatShare(kpis.coverage, language);
  const observed = reasonOf(kpis.figures.coverage, catalogue, language) || `${coverage} ${say('observed')}`;
  return titled(
    wording,
    'summary',
    [set, observed].join(' · '),
    facts,
    carrierTable(wording, summary),
    ...missing,
  );
}

/** Of the key figures, since only they say how much of the time was observed. */
function perItem({ language, catalogue }: Wording, { figures }: KpiResult): HTMLElement {
  const id = 'energy_kwh_per_good_item';
  const known = figures[id]?.value !== undefined;
  const unit = language === 'zh' ? 'kWh/件' : 'kWh/item';
  const text = known
    ? `${formatFigure(figures[id], id, catalogue, language)} ${unit}`
    : reasonOf(figures[id], catalogue, language);
  return element(
    'div',
    {},
    element('dt', {}, energyMessage(language, 'per_item_kwh')),
    element('dd', { 'data-energy': id, ...(!known && { class: 'absent' }) }, text),
  );
}

function carrierTable(wording: Wording, { carriers }: EnergySummary): HTMLElement {
  const { language } = wording;
  const say = (id: EnergyMessageId) => energyMessage(language, id);
  if (carriers.length === 0) return detail(say('no_energy'));
  const heads = [say('carrier'), say('amount'), 'kgce', `${say('co2')} (kg)`, say('factors')];
  const rows = carriers.map((each) => {
    const factor = (of: typeof each.kgce_factor, unit: string) =>
      of ? [`${of.value} ${unit}/${of.unit} (${of.source})`] : [];
    const notes = [
      ...(each.counted ? [] : [say('not_counted')]),
      ...(each.status === 'ok' ? [] : [statusName(wording, each.status)]),
      ...factor(each.kgce_factor, 'kgce'),
      ...factor(each.co2_factor, 'kg CO₂'),
    ];
    const figures = [
      formatAmount(each.net, each.unit, language),
      formatAmount(each.kgce, '', language),
      formatAmount(each.co2_kg, '', language),
    ];
    return element(
      'tr',
      { 'data-carrier': each.carrier },
      element('th', { scope: 'row' }, each.name[language]),
      ...figures.map((text, i) =>
        element('td', { class: 'number', 'data-label': heads[i + 1] ?? '' }, text.trim()),
      ),
      element('td', { class: 'wide' }, element('small', { class: 'detail' }, notes.join(' · '))),
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

interface Part {
  id: string;
  name: string;
  value: number;
  amount: string;
  title?: string;
  loss?: boolean;
}

function partBars(parts: readonly Part[]): HTMLElement {
  const most = Math.max(...parts.map(({ value }) => Math.abs(value)), Number.MIN_VALUE);
  return barList(
    parts.map(
      ({ id, name, value, amount, title = amount, loss = false }): Bar => ({
        ...{ id, name, amount, title, from: 0 },
        length: Math.abs(value) / most,
        kind: value < 0 ? 'negative' : loss ? 'loss' : 'rest',
      }),
    ),
  );
}

const usefulStates: ReadonlySet<string> = new Set(['producing', 'setup']);

/** Energy by state with the idle share, by product with the energy of an item, and by machine. */
export function statePanels(wording: Wording, by: EnergyByState): HTMLElement[] {
  const { language } = wording;
  const say = (id: EnergyMessageId) => energyMessage(language, id);
  const { idle_share: idle, unit } = by;
  const text = (amount: number) => formatAmount(amount, unit, language);
  const withShare = (amount: number, share: number | null) =>
    `${text(amount)} · ${formatShare(share, language)}`;
  const states = by.states.map(({ state, name, amount, share }): Part => {
    const loss = !usefulStates.has(state);
    return { id: state, name: name[language], value: amount, amount: withShare(amount, share), loss };
  });
  const products = by.products.map(({ product, amount, share, items }): Part => {
    const each = items ? ` · ${formatAmount(amount / items, unit, language)} ${say('per_item')}` : '';
    const name = product === undefined ? say('no_product') : nameOf(wording, product);
    return { id: product ?? '', name, value: amount, amount: `${withShare(amount, share)}${each}` };
  });
  const machines = by.machines.map(({ machine, name, total, idle_share }): Part => {
    const share = idleText(wording, idle_share);
    return {
      id: machine,
      name: name[language],
      value: total,
      amount: `${text(total)} · ${say('idle_share')} ${share}`,
    };
  });
  const none = () => detail(say('no_energy'));
  return [
    titled(
      wording,
      'states',
      `${say('idle_share')}: ${idleText(wording, idle)}`,
      states.length > 0 ? partBars(states) : none(),
    ),
    titled(wording, 'products', '', products.length > 0 ? partBars(products) : none()),
    titled(wording, 'machines', '', machines.length > 0 ? partBars(machines) : none()),
  ];
}

/** With its bounds where some energy belongs to no state. */
function idleText(wording: Wording, { value, lower, upper, status }: EnergyFigure): string {
  if (value === undefined) return statusName(wording, status);
  const share = (of: number) => formatShare(of, wording.language);
  return lower === undefined || upper === undefined
    ? share(value)
    : `${share(value)} (${share(lower)} – ${share(upper)})`;
}

/** Energy and cost by band of the tariff, site by site. */
export function tariffPanel(wording: Wording, { sites, unit }: EnergyCosts): HTMLElement {
  const { language } = wording;
  const money = (cost: number, currency: string) =>
    new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en-GB', { style: 'currency', currency }).format(
      cost,
    );
  const content = sites.map(({ site, status, cost, amount, currency = 'CNY', bands, unpriced }) => {
    const parts = bands.map(
      ({ band, name, amount: used, cost: price, hours }): Part => ({
        id: band,
        name: name[language],
        value: used,
        amount: `${formatAmount(used, unit, language)} · ${money(price, currency)}`,
        title: formatHours(hours, language),
      }),
    );
    const sum = cost === undefined ? [] : [formatAmount(amount, unit, language), money(cost, currency)];
    const notes = [...sum, ...(status === 'ok' ? [] : [statusName(wording, status)])];
    if (unpriced.length > 0) notes.push(energyMessage(language, 'unpriced'));
    return element(
      'div',
      { 'data-site': site },
      element('h3', {}, nameOf(wording, site)),
      ...(parts.length > 0 ? [partBars(parts)] : []),
      detail(notes.join(' · ')),
    );
  });
  return titled(wording, 'tariff', '', ...content);
}

/** Every feeder against the sum of the meters behind it. */
export function balancePanel(wording: Wording, { feeders }: MeterBalance): HTMLElement {
  const { language } = wording;
  const say = (id: EnergyMessageId) => energyMessage(language, id);
  if (feeders.length === 0) return titled(wording, 'balance', '', detail(say('no_feeders')));
  const content = feeders.map(({ meter, unit, status, name, amount, parts, remainder, tolerance }) => {
    const text = (value: number | undefined) =>
      value === undefined ? statusName(wording, 'not_observed') : formatAmount(value, unit, language);
    const bars: Part[] = [
      {
        id: meter,
        name: `${say('feeder')} · ${nameOf(wording, meter)}`,
        value: amount ?? 0,
        amount: text(amount),
      },
      ...parts.map((part) => ({
        id: part.meter,
        name: nameOf(wording, part.meter),
        value: part.amount ?? 0,
        amount: text(part.amount),
      })),
    ];
    if (remainder !== undefined) {
      const share = formatShare(amount ? remainder / amount : null, language);
      bars.push({
        id: 'remainder',
        name: say('remainder'),
        value: remainder,
        amount: `${text(remainder)} · ${share}`,
        loss: true,
      });
    }
    return element(
      'div',
      { 'data-feeder': meter, 'data-balance': status },
      element('h3', {}, `${nameOf(wording, meter)} · ${name[language]}`),
      partBars(bars),
      detail(`${say('tolerance')} ${formatShare(tolerance, language)}`),
    );
  });
  return titled(wording, 'balance', '', ...content);
}
