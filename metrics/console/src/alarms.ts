import { element, redraw } from './dom.ts';
import { colon, formatAmount, formatMoment } from './format.ts';
import { message } from './messages.ts';
import type { EnergyAlarm, Language } from './types.ts';

const urgency = ['open', 'ended', 'acknowledged', 'warning'];

/** So many limits at most have a line; the page of energy has all. */
const mostLines = 4;

/**
 * Shows alarms that stand as a strip: of each limit the most urgent, the newest of these, with how many more of it
 * stand; it leads to the page of its scope.
 */
export function drawAlarms(
  place: HTMLElement,
  standing: readonly EnergyAlarm[],
  wording: { language: Language; zone: string },
): void {
  const sorted = [...standing].sort(
    (a, b) => urgency.indexOf(a.state) - urgency.indexOf(b.state) || (a.from < b.from ? 1 : -1),
  );
  const limits = [...Map.groupBy(sorted, ({ limit }) => limit).values()];
  const shown = limits.slice(0, mostLines);
  const hidden = sorted.length - shown.flat().length;
  place.hidden = sorted.length === 0;
  redraw(
    place,
    ...shown.flatMap(([alarm, ...more]) => (alarm ? [line(alarm, more.length, wording)] : [])),
    ...(hidden > 0 ? [rest(hidden, wording.language)] : []),
  );
}

function rest(count: number, language: Language): HTMLElement {
  const href = `/energy?${new URLSearchParams({ lang: language })}`;
  return element('a', { href }, message(language, 'more_alarms').replace('{n}', String(count)));
}

/** How an alarm stands, and of a warning why, in words. */
export function alarmText({ state_name, warning_name }: EnergyAlarm, language: Language): string {
  const said = state_name[language];
  return warning_name ? `${said}${colon(language)}${warning_name[language]}` : said;
}

function line(
  alarm: EnergyAlarm,
  more: number,
  { language, zone }: { language: Language; zone: string },
): HTMLElement {
  const { id, name, state, value, max, unit, scope, from } = alarm;
  return element(
    'a',
    {
      href: `/energy?${new URLSearchParams({ lang: language, scope })}`,
      'data-alarm': id,
      'data-alarm-state': state,
    },
    element('strong', {}, alarmText(alarm, language)),
    element('span', {}, name[language]),
    element('small', {}, formatMoment(from, zone, language)),
    element('span', {}, `${formatAmount(value, unit, language)} / ${formatAmount(max, unit, language)}`),
    ...(more > 0
      ? [element('small', {}, message(language, 'more_of_limit').replace('{n}', String(more)))]
      : []),
  );
}
