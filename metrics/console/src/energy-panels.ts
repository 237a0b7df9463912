import { element } from './dom.ts';
import { type EnergyEvidence, withEvidence } from './energy-evidence.ts';
import { type EnergyMessageId, energyMessage } from './energy-messages.ts';
import {
  askedFor,
  detail,
  type EnergyFigure,
  nameOf,
  statusName,
  titled,
  type Wording,
} from './energy-wording.ts';
import { colon, formatAmount, formatHours, formatShare } from './format.ts';
import { type Bar, barList } from './panels.ts';
import type { EnergyByState, EnergyCosts, Evidence, MeterBalance } from './types.ts';

interface Part {
  id: string;
  name: string;
  value: number;
  amount: string;
  /** The field of the answer that it is of. */
  field: string;
  /** What it was computed from. */
  inputs?: EnergyEvidence['inputs'];
  title?: string;
  loss?: boolean;
}

type Answer = Pick<EnergyEvidence, 'scope' | 'from' | 'to' | 'time_zone'> & { evidence: Evidence };

/** Bars of the parts of an answer, each amount with its evidence. */
function partBars(wording: Wording, answer: Answer, path: string, parts: readonly Part[]): HTMLElement {
  const most = Math.max(...parts.map(({ value }) => Math.abs(value)), Number.MIN_VALUE);
  return barList(
    parts.map(({ id, name, value, amount: text, field, inputs = [], title = text, loss = false }): Bar => {
      const shown = { ...basedOn(answer, path, field), title: name, text, inputs };
      return {
        ...{ id, name, title, from: 0 },
        amount: withEvidence(wording, shown),
        length: Math.abs(value) / most,
        kind: value < 0 ? 'negative' : loss ? 'loss' : 'rest',
      };
    }),
  );
}

/** What an answer says of where one of its figures comes from. */
function basedOn(answer: Answer, path: string, field: string) {
  const { scope, from, to, time_zone, evidence } = answer;
  const formula = evidence.formulas[field] ?? '';
  return { scope, from, to, time_zone, evidence, formula, api: { path, query: askedFor(answer) } };
}

const usefulStates: ReadonlySet<string> = new Set(['producing', 'setup']);

/** Energy by state with the idle share, by product with the energy of an item, and by machine. */
export function statePanels(wording: Wording, by: EnergyByState): HTMLElement[] {
  const { language } = wording;
  const say = (id: EnergyMessageId) => energyMessage(language, id);
  const { unit } = by;
  const text = (amount: number) => formatAmount(amount, unit, language);
  const withShare = (amount: number, share: number | null) =>
    `${text(amount)} · ${formatShare(share, language)}`;
  const states = by.states.map(({ state, name, amount, share }): Part => {
    const loss = !usefulStates.has(state);
    const whole = withShare(amount, share);
    return { id: state, name: name[language], value: amount, amount: whole, field: 'states', loss };
  });
  const products = by.products.map(({ product, amount, share, items }): Part => {
    const each = items ? ` · ${formatAmount(amount / items, unit, language)} ${say('per_item')}` : '';
    const name = product === undefined ? say('no_product') : nameOf(wording, product);
    const whole = `${withShare(amount, share)}${each}`;
    return { id: product ?? '', name, value: amount, amount: whole, field: 'products' };
  });
  const machines = by.machines.map(({ machine, name, total, idle_share }): Part => {
    const share = idleText(wording, idle_share);
    return {
      id: machine,
      name: name[language],
      value: total,
      amount: `${text(total)} · ${say('idle_share')} ${share}`,
      field: 'machines',
    };
  });
  if (states.length + products.length + machines.length === 0)
    return [titled(wording, 'states', '', detail(say('no_states')))];
  const bars = (parts: readonly Part[]) =>
    parts.length > 0 ? partBars(wording, by, 'energy/by-state', parts) : detail(say('no_states'));
  return [
    titled(wording, 'states', idleBadge(wording, by), bars(states)),
    titled(wording, 'products', '', bars(products)),
    titled(wording, 'machines', '', bars(machines)),
  ];
}

function idleBadge(wording: Wording, by: EnergyByState): HTMLElement {
  const { language } = wording;
  const { idle_share, states, unit } = by;
  const name = energyMessage(language, 'idle_share');
  const share = idleText(wording, idle_share);
  return withEvidence(wording, {
    ...basedOn(by, 'energy/by-state', 'idle_share'),
    ...{
      title: name,
      text: `${name}${colon(language)}${share}`,
      value: share,
      status: statusName(wording, idle_share.status),
    },
    inputs: states.map((state) => [state.name[language], formatAmount(state.amount, unit, language)]),
  });
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
export function tariffPanel(wording: Wording, answer: EnergyCosts): HTMLElement {
  const { language } = wording;
  const { sites, unit } = answer;
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
        field: 'bands',
        inputs: [
          [energyMessage(language, 'amount'), formatAmount(used, unit, language)],
          [energyMessage(language, 'hours'), formatHours(hours, language)],
          ...(used === 0
            ? []
            : [[energyMessage(language, 'price'), `${money(price / used, currency)}/${unit}`] as const]),
        ],
      }),
    );
    const sum = () =>
      withEvidence(wording, {
        ...basedOn(answer, 'energy/tariff', 'cost'),
        title: `${energyMessage(language, 'tariff')} · ${nameOf(wording, site)}`,
        text: `${formatAmount(amount, unit, language)} · ${money(cost ?? 0, currency)}`,
        status: statusName(wording, status),
        inputs: parts.map((part) => [part.name, part.amount]),
      });
    const notes = status === 'ok' ? [] : [statusName(wording, status)];
    if (unpriced.length > 0) notes.push(energyMessage(language, 'unpriced'));
    const said = notes.join(' · ');
    return element(
      'div',
      { 'data-site': site },
      element('h3', {}, nameOf(wording, site)),
      ...(parts.length > 0 ? [partBars(wording, answer, 'energy/tariff', parts)] : []),
      element('p', { class: 'detail' }, ...(cost === undefined ? [said] : [sum(), said && ` · ${said}`])),
    );
  });
  return titled(wording, 'tariff', '', ...content);
}

/** Every feeder against the sum of the meters behind it. */
export function balancePanel(wording: Wording, answer: MeterBalance): HTMLElement {
  const { language } = wording;
  const { feeders } = answer;
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
        field: 'amount',
      },
      ...parts.map(
        (part): Part => ({
          id: part.meter,
          name: nameOf(wording, part.meter),
          value: part.amount ?? 0,
          amount: text(part.amount),
          field: 'parts',
        }),
      ),
    ];
    if (remainder !== undefined) {
      const share = formatShare(amount ? remainder / amount : null, language);
      bars.push({
        id: 'remainder',
        name: say('remainder'),
        value: remainder,
        amount: `${text(remainder)} · ${share}`,
        field: 'remainder',
        loss: true,
      });
    }
    return element(
      'div',
      { 'data-feeder': meter, 'data-balance': status },
      element('h3', {}, `${nameOf(wording, meter)} · ${name[language]}`),
      partBars(wording, answer, 'energy/balance', bars),
      detail(`${say('tolerance')} ${formatShare(tolerance, language)}`),
    );
  });
  return titled(wording, 'balance', '', ...content);
}
