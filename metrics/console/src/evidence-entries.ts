import { get } from './api.ts';
import { element } from './dom.ts';
import { statementText } from './entry-wording.ts';
import { type EvidenceMessageId, evidenceMessage } from './evidence-messages.ts';
import type { EvidenceSubject, EvidenceWords } from './evidence-subject.ts';
import { formatDate } from './format.ts';
import { namesOf, pathName } from './plant.ts';
import type { EntryList } from './types.ts';

const mostShown = 20;

/** What people stated about the window of a figure and what still holds: it rests on that, too. */
export async function entriesBehind({ result }: EvidenceSubject, words: EvidenceWords): Promise<HTMLElement> {
  const { language, plant } = words;
  const say = (id: EvidenceMessageId) => element('p', { class: 'detail' }, evidenceMessage(language, id));
  const { scope, from, to, time_zone } = result;
  const limit = String(mostShown);
  const list = await get<EntryList>('entries', { scope, from, to, holding: 'true', limit }).catch(
    () => undefined,
  );
  if (!list) return say('no_entries_read');
  if (list.entries.length === 0) return say('nobody_stated');
  const names = namesOf(plant, language);
  const moment = (at: string) => formatDate(at, time_zone, language);
  const items = list.entries.map((entry) => {
    const about = names.get(entry.subject) ?? pathName(plant, entry.subject, language);
    const who = `${evidenceMessage(language, 'by')} ${entry.author}`;
    return element(
      'li',
      {},
      element('b', {}, `${about} · ${moment(entry.from)}`),
      element('span', {}, statementText(entry, words)),
      element('small', {}, `${entry.reason} · ${who} · ${moment(entry.entered)}`),
    );
  });
  return element(
    'div',
    {},
    element('ol', { class: 'history' }, ...items),
    ...(list.next === undefined ? [] : [say('more_entries')]),
  );
}
