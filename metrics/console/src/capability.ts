import { type AnalysisMessageId, analysisMessage } from './analysis-messages.ts';
import { element } from './dom.ts';
import { withEvidence } from './energy-evidence.ts';
import type { EvidenceWords } from './evidence-subject.ts';
import { formatCount, locale } from './format.ts';
import { machineOf } from './plant.ts';
import type { Capability } from './types.ts';

const indices = ['cp', 'cpk', 'pp', 'ppk'] as const;

/** Capability of a characteristic over the window, each index with its evidence, and what it rests on. */
export function capabilityFacts(capability: Capability, words: EvidenceWords): HTMLElement {
  const { language } = words;
  const { samples, customary_samples, unit, mean, lsl, usl } = capability;
  const say = (id: AnalysisMessageId) => analysisMessage(language, id);
  const number = new Intl.NumberFormat(locale(language), { maximumSignificantDigits: 6 });
  const amount = (value: number | undefined) =>
    value === undefined ? '—' : `${number.format(value)} ${unit}`;
  const rests = [
    `${formatCount(samples, language)} ${say('samples')}`,
    ...(samples < customary_samples
      ? [say('few_samples').replace('{n}', formatCount(customary_samples, language))]
      : []),
    `${say('mean')} ${amount(mean)}`,
    `${say('specification')} ${amount(lsl)} … ${amount(usl)}`,
  ];
  return element(
    'div',
    { 'data-capability': capability.characteristic },
    element('h3', {}, say('capability')),
    element('dl', { class: 'factors' }, ...indices.map((id) => indexFact(id, capability, words))),
    element('p', { class: 'detail' }, rests.join(' · ')),
  );
}

function indexFact(id: (typeof indices)[number], capability: Capability, words: EvidenceWords): HTMLElement {
  const { language, plant } = words;
  const { machine, characteristic, name, from, to, time_zone, evidence, samples, subgroup } = capability;
  const title = `${id.charAt(0).toUpperCase()}${id.slice(1)}`;
  const { value, reason } = capability[id] ?? {};
  const number = new Intl.NumberFormat(locale(language), {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  });
  const shown = withEvidence(words, {
    ...{ scope: machineOf(plant, machine)?.scope ?? machine, from, to, time_zone, evidence },
    title: `${title} · ${name[language]}`,
    text: value === undefined ? (reason?.[language] ?? '—') : number.format(value),
    formula: evidence.formulas[id] ?? '',
    inputs: [[analysisMessage(language, 'samples'), formatCount(samples, language)]],
    api: {
      path: 'quality/capability',
      query: { machine, characteristic, from, to, subgroup: String(subgroup) },
    },
  });
  return element('div', {}, element('dt', {}, title), element('dd', { 'data-index': id }, shown));
}
