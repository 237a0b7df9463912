import { fact, figureButton, openDialog } from './dialog.ts';
import { element } from './dom.ts';
import { revisionText, spanText } from './evidence.ts';
import { type EvidenceMessageId, evidenceMessage } from './evidence-messages.ts';
import { formatShare } from './format.ts';
import { pathName } from './plant.ts';
import type { Catalogue, Evidence, Language, PlantView } from './types.ts';

/** Where an energy figure of the page comes from. */
export interface EnergyEvidence {
  /** Id and version, as the answer names it. */
  formula: string;
  /** What the answer rests on, and whether this figure of it rests on something declared. */
  evidence?: Evidence;
  declared?: boolean;
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
  { language, plant, catalogue }: { language: Language; plant: PlantView; catalogue: Catalogue },
  shown: EnergyEvidence,
): HTMLButtonElement {
  const {
    formula,
    declared = false,
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
  } = shown;
  const say = (id: EvidenceMessageId) => evidenceMessage(language, id);
  const [id] = formula.split('@');
  const formulaText = catalogue.formulas.find((one) => one.id === id)?.text[language] ?? '';
  return figureButton(text, language, () => {
    const facts = [
      ...(status ? [fact(say('status'), 'status', status)] : []),
      fact(say('scope'), 'scope', pathName(plant, scope, language), scope),
      fact(say('window'), 'window', spanText({ from, to, time_zone }, language), time_zone),
      fact(say('formula'), 'formula', formulaText, formula),
      fact(say('basis'), 'basis', say(declared ? 'declared' : 'measured')),
      ...(shown.evidence
        ? [
            fact(say('coverage'), 'coverage', formatShare(shown.evidence.coverage, language)),
            fact(say('revision'), 'revision', revisionText(shown.evidence, say)),
          ]
        : []),
    ];
    const href = `/api/v1/${api.path}?${new URLSearchParams(api.query)}`;
    openDialog(
      { of: id ?? formula, title, value, language },
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
