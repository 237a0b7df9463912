import { entryMessage, isEntryMessage } from './entry-messages.ts';
import type { EvidenceWords } from './evidence-subject.ts';
import type { EntryList } from './types.ts';

/** What somebody stated, in words. */
export function statementText({ statement }: EntryList['entries'][number], words: EvidenceWords): string {
  const { language } = words;
  const { kind, ...rest } = statement;
  const texts = Object.entries(rest).map(([key, value]) => {
    if (typeof value === 'string') return key === 'unit' ? value : nameOf(value, words);
    if (typeof value !== 'number') return '';
    const quality = kind === 'count_correction' ? `quality_${key}` : '';
    if (!isEntryMessage(quality)) return String(value);
    return `${entryMessage(language, quality)} ${value > 0 ? '+' : ''}${value}`;
  });
  return [entryMessage(language, `kind_${kind}`), ...texts].filter(Boolean).join(' · ');
}

/** What a person reads for an id of a list of the plant; other texts as they are. */
export function nameOf(id: string, { plant, catalogue, language }: EvidenceWords): string {
  const quality = `quality_${id}`;
  if (isEntryMessage(quality)) return entryMessage(language, quality);
  const lists = [
    ...plant.stop_reasons,
    ...plant.scrap_causes,
    ...plant.products,
    ...catalogue.states,
    ...catalogue.inputs,
  ];
  return lists.find((one) => one.id === id)?.name[language] ?? id;
}
