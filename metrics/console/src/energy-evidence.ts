import { fact, figureButton, openDialog } from './dialog.ts';
import { element } from './dom.ts';
import { type EnergyFormulaId, energyFormula } from './energy-formulas.ts';
import { type EvidenceMessageId, evidenceMessage } from './evidence-messages.ts';
import { formatDate } from './format.ts';
import { pathName } from './plant.ts';
import type { Language, PlantView } from './types.ts';

/** Where an energy figure of the page comes from. */
export interface EnergyEvidence {
  formula: EnergyFormulaId;
  /** The name of the figure, the figure as it stands on the page, and alone, where more stands there. */
  title: string;
  text: string;
  value?: string;
  scope: string;
  from: string;
  to: string;
  time_zone: string;
  /** What it was computed from, in words, with their units and sources. */
  inputs?: readonly (readonly [name: string, value: string])[];
  /** What is to be known about it: that something was not read, say. */
  status?: string;
  /** Path below `/api/v1` and query that answer the same. */
  api: { path: string; query: Record<string, string> };
}

/** The figure as a button that shows where it comes from. */
export function withEvidence(
  { language, plant }: { language: Language; plant: PlantView },
  evidence: EnergyEvidence,
): HTMLButtonElement {
  const {
    formula,
    title,
    text,
    scope,
    from,
    to,
    time_zone,
    inputs = [],
    status,
    api,
    value = text,
  } = evidence;
  const say = (id: EvidenceMessageId) => evidenceMessage(language, id);
  const window = [from, to].map((at) => formatDate(at, time_zone, language)).join(' – ');
  return figureButton(text, language, () => {
    const facts = [
      ...(status ? [fact(say('status'), 'status', status)] : []),
      fact(say('scope'), 'scope', pathName(plant, scope, language), scope),
      fact(say('window'), 'window', window, time_zone),
      fact(say('formula'), 'formula', energyFormula(language, formula)),
    ];
    const href = `/api/v1/${api.path}?${new URLSearchParams(api.query)}`;
    openDialog(
      { of: formula, title, value, language },
      element('dl', { class: 'facts' }, ...facts.flat()),
      ...(inputs.length > 0 ? [element('h3', {}, say('inputs')), inputList(inputs)] : []),
      element(
        'p',
        { class: 'detail' },
        element('a', { href, target: '_blank', rel: 'noopener' }, say('same_as_api')),
      ),
    );
  });
}

function inputList(inputs: NonNullable<EnergyEvidence['inputs']>): HTMLElement {
  const rows = inputs.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]);
  return element('dl', { class: 'facts', 'data-evidence': 'inputs' }, ...rows);
}
