import { againsts, type CompareChoice, grainChoices, knownKpis, modes, presets } from './compare-choice.ts';
import { type CompareMessageId, compareMessage } from './compare-messages.ts';
import { element, select } from './dom.ts';
import { colon } from './format.ts';
import { scopeOptions } from './plant.ts';
import type { Catalogue, PlantView } from './types.ts';

export interface FormModel {
  plant: PlantView;
  catalogue: Catalogue;
  choice: CompareChoice;
  /** Those that are compared now. */
  scopes: readonly string[];
  choose(change: Partial<CompareChoice>): void;
}

/** What the page compares, to be chosen. */
export function compareForm(model: FormModel): HTMLElement {
  const { choice, choose } = model;
  const say = (id: CompareMessageId) => compareMessage(choice.language, id);
  const list = <K extends 'mode' | 'preset' | 'against' | 'grain'>(
    key: K,
    label: CompareMessageId,
    ids: readonly (CompareChoice[K] & CompareMessageId)[],
  ) =>
    select(
      { id: key, label: say(label), chosen: choice[key] },
      ids.map((id) => [id, say(id)]),
      (id) => choose({ [key]: id }),
    );
  return element(
    'div',
    { class: 'panel compare-form' },
    element(
      'div',
      { class: 'selects' },
      list('mode', 'mode', modes),
      ...(choice.mode === 'machines' ? [] : [scopeSelect(model)]),
      list('preset', 'window', presets),
      ...(choice.preset === 'custom' ? [moment(model, 'from'), moment(model, 'to')] : []),
      ...(choice.mode === 'periods' ? [list('against', 'against', againsts)] : []),
      list('grain', 'grain', choice.mode === 'shifts' ? ['whole', 'shift'] : grainChoices),
    ),
    ...(choice.mode === 'machines' ? [scopeBoxes(model)] : []),
    kpiBoxes(model),
  );
}

function scopeSelect({ plant, choice, scopes, choose }: FormModel): HTMLElement {
  return select(
    { id: 'scope', label: compareMessage(choice.language, 'scope'), chosen: scopes[0] ?? '' },
    scopeOptions(plant, choice.language),
    (scope) => choose({ scopes: [scope] }),
  );
}

function scopeBoxes({ plant, choice, scopes, choose }: FormModel): HTMLElement {
  return boxes('scopes', scopeOptions(plant, choice.language), scopes, {
    title: `${compareMessage(choice.language, 'scopes')}${colon(choice.language)}`,
    act: (chosen) => choose({ scopes: chosen }),
  });
}

function kpiBoxes({ catalogue, choice, choose }: FormModel): HTMLElement {
  const options = catalogue.kpis.map(({ id, name }) => [id, name[choice.language]] as const);
  return boxes('kpis', options, knownKpis(choice, catalogue), {
    title: `${compareMessage(choice.language, 'kpis')}${colon(choice.language)}`,
    act: (kpis) => choose({ kpis }),
  });
}

/** Several of a list, at least one. It stays open while one is chosen after the other. */
function boxes<T extends string>(
  id: string,
  options: readonly (readonly [T, string])[],
  chosen: readonly T[],
  { title, act }: { title: string; act(chosen: T[]): void },
): HTMLElement {
  const names = options.filter(([value]) => chosen.includes(value)).map(([, name]) => name.trim());
  const list = options.map(([value, name]) => {
    const box = element('input', { type: 'checkbox', value });
    box.checked = chosen.includes(value);
    box.addEventListener('change', () => {
      const next = options
        .map(([one]) => one)
        .filter((one) => (one === value ? box.checked : chosen.includes(one)));
      if (next.length === 0) box.checked = true;
      else act(next);
    });
    return element('label', {}, box, name);
  });
  return element(
    'details',
    { 'data-boxes': id },
    element('summary', {}, title, element('b', {}, names.join(' · '))),
    element('div', { class: 'boxes' }, ...list),
  );
}

/** A reading of the plant's wall clock. */
function moment({ choice, choose }: FormModel, name: 'from' | 'to'): HTMLElement {
  const input = element('input', { type: 'datetime-local', value: choice[name], 'data-moment': name });
  input.addEventListener('change', () => choose({ [name]: input.value }));
  return element('label', {}, `${compareMessage(choice.language, name)} `, input);
}
