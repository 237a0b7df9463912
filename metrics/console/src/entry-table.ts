import { element } from './dom.ts';
import { type EntryMessageId, entryMessage } from './entry-messages.ts';
import type { Language } from './types.ts';

/** A table of what people state, or may state something about. */
export function entryTable(
  heads: readonly (EntryMessageId | '')[],
  rows: readonly HTMLElement[],
  language: Language,
): HTMLElement {
  const cells = heads.map((id) => element('th', { scope: 'col' }, id && entryMessage(language, id)));
  return element(
    'table',
    {},
    element('thead', {}, element('tr', {}, ...cells)),
    element('tbody', {}, ...rows),
  );
}

/** The cells of a row; on a phone each says by itself what it is. */
export function entryCells(
  heads: readonly EntryMessageId[],
  texts: readonly string[],
  language: Language,
): HTMLElement[] {
  return heads.map((id, i) => element('td', { 'data-label': entryMessage(language, id) }, texts[i] ?? ''));
}
