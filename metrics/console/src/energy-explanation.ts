import { element } from './dom.ts';
import { withEvidence } from './energy-evidence.ts';
import { type EnergyMessageId, energyMessage } from './energy-messages.ts';
import { detail, nameOf, statusName, type Wording } from './energy-wording.ts';
import { formatAmount, formatSpan } from './format.ts';
import { barList } from './panels.ts';
import type { EnergyExplanation, Language } from './types.ts';

const shownContributions = 12;

/** Which machine, state and product made a period differ from what is usual. */
export function explanationOf(wording: Wording, told: EnergyExplanation): HTMLElement {
  const { language } = wording;
  const say = (key: EnergyMessageId) => energyMessage(language, key);
  const { unit, status, actual, usual, difference, contributions, carrier, period } = told;
  const titledAs = (...content: Node[]) =>
    element(
      'section',
      { class: 'explanation', 'data-panel': 'explanation' },
      element('h3', {}, say('explanation')),
      ...content,
    );
  if (difference === undefined) return titledAs(detail(statusName(wording, status)));
  const text = (amount: number | undefined) => formatAmount(amount, unit, language);
  const signed = (amount: number) => `${amount > 0 ? '+' : ''}${text(amount)}`;
  const shown = contributions.slice(0, shownContributions);
  const most = Math.max(...shown.map((one) => Math.abs(one.difference)), Number.MIN_VALUE);
  const bars = barList(
    shown.map((one) => {
      const cell = [nameOf(wording, one.asset), one.state_name[language]];
      const name = [...cell, ...(one.product ? [nameOf(wording, one.product)] : [])].join(' · ');
      const evidence = {
        ...told,
        ...{ title: name, text: signed(one.difference) },
        formula: told.evidence.formulas['contributions'] ?? '',
        status: statusName(wording, status),
        inputs: [
          [say('actual'), text(one.actual)],
          [say('usual'), text(one.usual)],
          ...told.references.map(
            ({ from, to }, i) =>
              [`${say('reference')} ${i + 1}`, formatSpan({ from, to }, told.time_zone, language)] as const,
          ),
        ] as const,
        api: { path: 'energy/explanation', query: { scope: told.scope, carrier, period, at: told.from } },
      };
      return {
        id: [one.asset, one.state, one.product].filter(Boolean).join('/'),
        name,
        from: 0,
        length: Math.abs(one.difference) / most,
        kind: one.difference < 0 ? ('rest' as const) : ('loss' as const),
        amount: withEvidence(wording, evidence),
        title: `${text(one.actual)}, ${say('usual')} ${text(one.usual)}`,
      };
    }),
  );
  const summary = `${say('actual')} ${text(actual)} · ${say('usual')} ${text(usual)} · ${signed(difference)}`;
  return titledAs(
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
