import { alarmText } from './alarms.ts';
import { element } from './dom.ts';
import { gauge } from './energy-charts.ts';
import { type EnergyMessageId, energyMessage } from './energy-messages.ts';
import { detail, nameOf, statusName, titled, type Wording } from './energy-panels.ts';
import { formatAmount, formatMoment, formatShare } from './format.ts';
import { barList } from './panels.ts';
import type { EnergyAlarm, EnergyAlarms, EnergyExplanation, Language } from './types.ts';

/** What somebody may do about an alarm. */
export interface AlarmActions {
  explain(alarm: EnergyAlarm): void;
  /** Opens the form in which a reason is given. */
  ask(alarm: EnergyAlarm): void;
  acknowledge(alarm: EnergyAlarm, reason: string): void;
}

interface Shown {
  alarms: readonly EnergyAlarm[];
  zone: string;
  /** The alarm whose form is open, and what is wrong with what was handed in. */
  asking: string | undefined;
  wrong: string;
}

/** The limits of a scope with how much of each is used, and their alarms, the newest first. */
export function limitsPanel(wording: Wording, shown: Shown, actions: AlarmActions): HTMLElement {
  const { language } = wording;
  if (shown.alarms.length === 0)
    return titled(wording, 'limits', '', detail(energyMessage(language, 'no_limits')));
  const items = shown.alarms.map((alarm) => item(wording, shown, alarm, actions));
  return titled(wording, 'limits', '', element('ul', { class: 'limits' }, ...items));
}

/** Of each limit the period that runs, and every earlier one that asks for somebody or is acknowledged. */
export function shownAlarms({ alarms }: EnergyAlarms, now: Date): EnergyAlarm[] {
  const runs = ({ from, to }: EnergyAlarm) => new Date(from) <= now && now < new Date(to);
  return alarms
    .filter((alarm) => runs(alarm) || alarm.state !== 'none')
    .sort((a, b) => Number(runs(b)) - Number(runs(a)) || (a.from < b.from ? 1 : -1));
}

function item(wording: Wording, shown: Shown, alarm: EnergyAlarm, actions: AlarmActions): HTMLElement {
  const { language } = wording;
  const { id, name, from, to, max, unit, value, outlook, state } = alarm;
  const say = (key: EnergyMessageId) => energyMessage(language, key);
  const when = `${formatMoment(from, shown.zone, language)} – ${formatMoment(to, shown.zone, language)}`;
  const amount = value === undefined ? say('cannot_tell') : formatAmount(value, unit, language);
  const share = value === undefined ? '' : ` (${formatShare(value / max, language)})`;
  const expected = outlook ? ` · ${say('expected')} ${formatAmount(outlook.expected, unit, language)}` : '';
  const most = Math.max(max, value ?? 0, outlook?.expected ?? 0) * 1.02;
  return element(
    'li',
    { 'data-alarm': id, 'data-alarm-state': state },
    element(
      'div',
      { class: 'head' },
      element('strong', {}, name[language]),
      element('span', { class: 'chip' }, alarmText(alarm, language)),
      element('small', { class: 'detail' }, when),
    ),
    gauge(
      most,
      [
        { class: 'used', from: 0, to: Math.min(value ?? 0, max) },
        { class: 'over', from: max, to: Math.max(value ?? 0, max) },
        ...(outlook ? [{ class: 'mark' as const, from: outlook.expected, to: outlook.expected }] : []),
      ],
      amount,
    ),
    element('span', {}, `${amount} / ${formatAmount(max, unit, language)}${share}${expected}`),
    ...acknowledgement(wording, shown, alarm),
    ...(state === 'none' ? [] : [buttons(wording, shown, alarm, actions)]),
  );
}

function acknowledgement({ language }: Wording, { zone }: Shown, alarm: EnergyAlarm): HTMLElement[] {
  const { exceeded_at, acknowledged } = alarm;
  const lines: string[] = [];
  if (exceeded_at)
    lines.push(`${energyMessage(language, 'exceeded_at')} ${formatMoment(exceeded_at, zone, language)}`);
  if (acknowledged)
    lines.push(
      `${acknowledged.by}, ${formatMoment(acknowledged.at, zone, language)}: ${acknowledged.reason}`,
    );
  return lines.map((line) => detail(line));
}

function buttons(
  { language }: Wording,
  { asking, wrong }: Shown,
  alarm: EnergyAlarm,
  { explain, ask, acknowledge }: AlarmActions,
): HTMLElement {
  const say = (key: EnergyMessageId) => energyMessage(language, key);
  const button = (text: string, type: 'button' | 'submit', act?: () => void) => {
    const made = element('button', { type }, text);
    if (act) made.addEventListener('click', act);
    return made;
  };
  const row = element('div', { class: 'buttons' });
  if (alarm.measure === 'energy') row.append(button(say('explain'), 'button', () => explain(alarm)));
  const exceeded = alarm.state !== 'warning';
  if (!exceeded || alarm.acknowledged) return row;
  if (asking !== alarm.id) {
    row.append(button(say('acknowledge'), 'button', () => ask(alarm)));
    return row;
  }
  const reason = element('input', {
    name: 'reason',
    required: '',
    maxlength: '2000',
    placeholder: say('reason'),
  });
  const form = element('form', {}, reason, button(say('acknowledge'), 'submit'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    acknowledge(alarm, reason.value.trim());
  });
  row.append(form, ...(wrong ? [element('p', { class: 'wrong', role: 'alert' }, wrong)] : []));
  return row;
}

const shownContributions = 12;

/** Which machine, state and product made a period differ from what is usual. */
export function explanationPanel(wording: Wording, told: EnergyExplanation, name: string): HTMLElement {
  const { language } = wording;
  const say = (key: EnergyMessageId) => energyMessage(language, key);
  const { unit, status, actual, usual, difference, references, contributions } = told;
  if (difference === undefined)
    return titled(wording, 'explanation', name, detail(statusName(wording, status)));
  const text = (amount: number | undefined) => formatAmount(amount, unit, language);
  const signed = (amount: number) => `${amount > 0 ? '+' : ''}${text(amount)}`;
  const shown = contributions.slice(0, shownContributions);
  const most = Math.max(...shown.map((one) => Math.abs(one.difference)), Number.MIN_VALUE);
  const bars = barList(
    shown.map((one) => ({
      id: [one.asset, one.state, one.product].filter(Boolean).join('/'),
      name: [
        nameOf(wording, one.asset),
        one.state_name[language],
        one.product && nameOf(wording, one.product),
      ]
        .filter(Boolean)
        .join(' · '),
      from: 0,
      length: Math.abs(one.difference) / most,
      kind: one.difference < 0 ? ('rest' as const) : ('loss' as const),
      amount: signed(one.difference),
      title: `${text(one.actual)}, ${say('usual')} ${text(one.usual)}`,
    })),
  );
  const summary = `${say('actual')} ${text(actual)} · ${say('usual')} ${text(usual)} · ${signed(difference)}`;
  return titled(
    wording,
    'explanation',
    name,
    element('p', {}, summary),
    detail(`${comparedWith(told, language)} · ${say('by_machine_state_product')}`),
    bars,
  );
}

function comparedWith({ basis, period, references }: EnergyExplanation, language: Language): string {
  const closeBy = basis === 'just_before' && (period === 'hour' || period === 'day');
  const id = closeBy ? (`${period}_before` as const) : (`same_${period}` as const);
  return energyMessage(language, id).replace('{n}', String(references.length));
}
