import { alarmText } from './alarms.ts';
import { element } from './dom.ts';
import { gauge } from './energy-charts.ts';
import { withEvidence } from './energy-evidence.ts';
import { explanationOf } from './energy-explanation.ts';
import { type EnergyMessageId, energyMessage } from './energy-messages.ts';
import { detail, titled, type Wording } from './energy-wording.ts';
import { colon, formatAmount, formatMoment, formatShare, formatSpan } from './format.ts';
import type { EnergyAlarm, EnergyAlarms, EnergyExplanation } from './types.ts';

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
  /** What is written of the reason so far. */
  draft: { reason: string };
  /** The alarm that somebody asks to have explained, and what came of it. */
  explained: string | undefined;
  explanation: EnergyExplanation | undefined;
  /** Limits whose earlier periods are unfolded. */
  unfolded: Set<string>;
}

/** The limits of a scope with how much of each is used; what was exceeded before is folded up behind each. */
export function limitsPanel(wording: Wording, shown: Shown, actions: AlarmActions): HTMLElement {
  const { language } = wording;
  if (shown.alarms.length === 0)
    return titled(wording, 'limits', '', detail(energyMessage(language, 'no_limits')));
  const byLimit = Map.groupBy(shown.alarms, ({ limit }) => limit);
  const groups = [...byLimit].map(([limit, [newest, ...earlier]]) =>
    element(
      'li',
      { 'data-limit': limit },
      ...(newest ? [item(wording, shown, newest, actions)] : []),
      ...(earlier.length > 0 ? [folded(wording, shown, earlier, actions)] : []),
    ),
  );
  return titled(wording, 'limits', '', element('ul', { class: 'limits' }, ...groups));
}

function folded(
  wording: Wording,
  shown: Shown,
  earlier: readonly EnergyAlarm[],
  actions: AlarmActions,
): HTMLElement {
  const [limit = ''] = earlier.map((alarm) => alarm.limit);
  const open = earlier.filter(({ acknowledged }) => !acknowledged).length;
  const text = energyMessage(wording.language, 'earlier')
    .replace('{n}', String(earlier.length))
    .replace('{open}', String(open));
  const made = element(
    'details',
    {},
    element('summary', {}, text),
    ...earlier.map((alarm) => item(wording, shown, alarm, actions)),
  );
  made.open = shown.unfolded.has(limit);
  made.addEventListener('toggle', () => {
    if (made.open) shown.unfolded.add(limit);
    else shown.unfolded.delete(limit);
  });
  return made;
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
  const { id, name, max, unit, value, outlook, state } = alarm;
  const most = Math.max(max, value ?? 0, outlook?.expected ?? 0) * 1.02;
  return element(
    'article',
    { 'data-alarm': id, 'data-alarm-state': state },
    element(
      'div',
      { class: 'head' },
      element('strong', {}, name[language]),
      element('span', { class: 'chip' }, alarmText(alarm, language)),
      element('small', { class: 'detail' }, formatSpan(alarm, shown.zone, language)),
    ),
    gauge(
      most,
      [
        { class: 'used', from: 0, to: Math.min(value ?? 0, max) },
        { class: 'over', from: max, to: Math.max(value ?? 0, max) },
        ...(outlook ? [{ class: 'mark' as const, from: outlook.expected, to: outlook.expected }] : []),
      ],
      formatAmount(value, unit, language),
    ),
    element('span', {}, amounts(wording, shown, alarm)),
    ...acknowledgement(wording, shown, alarm),
    ...(state === 'none' ? [] : [buttons(wording, shown, alarm, actions)]),
    ...(shown.explained !== id ? [] : [explanation(wording, shown)]),
  );
}

/** How much of the limit is used, and what is expected, as a button that shows where that comes from. */
function amounts(wording: Wording, { zone }: Shown, alarm: EnergyAlarm): HTMLElement {
  const { language } = wording;
  const { scope, from, to, max, unit, value, outlook, name, formula } = alarm;
  const say = (key: EnergyMessageId) => energyMessage(language, key);
  const text = (amount: number) => formatAmount(amount, unit, language);
  const amount = value === undefined ? say('cannot_tell') : text(value);
  const share = value === undefined ? '' : ` (${formatShare(value / max, language)})`;
  const expected = outlook ? ` · ${say('expected')} ${text(outlook.expected)}` : '';
  const error = outlook?.mean_error;
  return withEvidence(wording, {
    ...{ scope, from, to, time_zone: zone, title: name[language] },
    formula,
    text: `${amount} / ${text(max)}${share}${expected}`,
    value: amount,
    inputs: [
      [say('used'), amount],
      [say('limit'), text(max)],
      ...(outlook ? [[say('expected'), text(outlook.expected)] as const] : []),
      ...(error === undefined ? [] : [[say('mean_error'), `± ${text(error)}`] as const]),
    ],
    api: { path: 'energy/alarms', query: { scope, from, to } },
  });
}

function explanation(wording: Wording, shown: Shown): HTMLElement {
  if (shown.explanation) return explanationOf(wording, shown.explanation);
  return detail(energyMessage(wording.language, 'looking'));
}

function acknowledgement({ language }: Wording, { zone }: Shown, alarm: EnergyAlarm): HTMLElement[] {
  const { exceeded_at, acknowledged } = alarm;
  const lines: string[] = [];
  if (exceeded_at)
    lines.push(`${energyMessage(language, 'exceeded_at')} ${formatMoment(exceeded_at, zone, language)}`);
  if (acknowledged)
    lines.push(
      `${acknowledged.by} · ${formatMoment(acknowledged.at, zone, language)}${colon(language)}${acknowledged.reason}`,
    );
  return lines.map((line) => detail(line));
}

function buttons(
  { language }: Wording,
  { asking, wrong, draft }: Shown,
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
    'aria-label': say('reason'),
  });
  reason.value = draft.reason;
  reason.addEventListener('input', () => (draft.reason = reason.value));
  const form = element('form', {}, reason, button(say('acknowledge'), 'submit'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    acknowledge(alarm, reason.value.trim());
  });
  row.append(form, ...(wrong ? [element('p', { class: 'wrong', role: 'alert' }, wrong)] : []));
  return row;
}
