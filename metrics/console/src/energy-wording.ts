import { element } from './dom.ts';
import { type EnergyMessageId, energyMessage } from './energy-messages.ts';
import { panel } from './panels.ts';
import type { Catalogue, EnergyCatalogue, EnergySummary, Language, PlantView } from './types.ts';

/** What every panel needs to word what it shows. */
export interface Wording {
  language: Language;
  plant: PlantView;
  energy: EnergyCatalogue;
  catalogue: Catalogue;
  /** Names of machines and meters by id. */
  names: ReadonlyMap<string, string>;
}

export type EnergyFigure = EnergySummary['co2'];

export function titled(
  { language }: Pick<Wording, 'language'>,
  id: EnergyMessageId,
  badge: string | Node,
  ...content: Node[]
): HTMLElement {
  return panel({ id, title: energyMessage(language, id), badge }, ...content);
}

export function detail(text: string): HTMLElement {
  return element('p', { class: 'detail' }, text);
}

/** What a status means, in words. */
export function statusName({ energy, language }: Wording, status: string): string {
  return energy.statuses.find(({ id }) => id === status)?.name[language] ?? status;
}

export function nameOf({ names }: Wording, id: string): string {
  return names.get(id) ?? id;
}

/** The query that an answer was given to. */
export function askedFor({
  scope,
  from,
  to,
}: {
  scope: string;
  from: string;
  to: string;
}): Record<string, string> {
  return { scope, from, to };
}
