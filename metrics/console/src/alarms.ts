import { element } from './dom.ts';
import { formatAmount, formatMoment } from './format.ts';
import type { EnergyAlarm, Language } from './types.ts';

const urgency = ['open', 'ended', 'acknowledged', 'warning'];

/** Shows alarms that stand as a strip, the most urgent first; each leads to the page of its scope. */
export function drawAlarms(
  place: HTMLElement,
  standing: readonly EnergyAlarm[],
  wording: { language: Language; zone: string },
): void {
  const sorted = [...standing].sort((a, b) => urgency.indexOf(a.state) - urgency.indexOf(b.state));
  place.hidden = sorted.length === 0;
  place.replaceChildren(...sorted.map((alarm) => line(alarm, wording)));
}

/** How an alarm stands, and of a warning why, in words. */
export function alarmText({ state_name, warning_name }: EnergyAlarm, language: Language): string {
  const said = state_name[language];
  return warning_name ? `${said}: ${warning_name[language]}` : said;
}

function line(alarm: EnergyAlarm, { language, zone }: { language: Language; zone: string }): HTMLElement {
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
  );
}
