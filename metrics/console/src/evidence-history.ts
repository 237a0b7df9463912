import { get } from './api.ts';
import { element } from './dom.ts';
import { entryMessage, isEntryMessage } from './entry-messages.ts';
import { type EvidenceMessageId, evidenceMessage } from './evidence-messages.ts';
import type { EvidenceSubject, EvidenceWords } from './evidence-subject.ts';
import { colon, formatDate, formatFigure, reasonOf } from './format.ts';
import type { Language, RevisionList } from './types.ts';

type Revision = RevisionList['revisions'][number];

const mostShown = 50;

/** What was published of the figure in its window, and every change since: old, new, why, by whom and when. */
export async function historyOf(subject: EvidenceSubject, words: EvidenceWords): Promise<HTMLElement> {
  const { language } = words;
  const say = (id: EvidenceMessageId, parts?: Record<string, string>) =>
    element('p', { class: 'detail' }, evidenceMessage(language, id, parts));
  let published: Revision[];
  try {
    const { scope, from, to } = subject.result;
    const { revisions } = await get<RevisionList>('revisions', { scope, from, to, kpi: subject.kpi });
    published = revisions.filter(concerning(subject));
  } catch {
    return say('no_history');
  }
  if (published.length === 0) return say('nothing_published');
  const firsts = published.filter(({ revision }) => revision === 1).length;
  const changes = published.flatMap((revision) => {
    const change = revision.changes.find(({ kpi }) => kpi === subject.kpi);
    return change ? [{ revision, change }] : [];
  });
  const count = String(firsts || published.length);
  if (changes.length === 0) return say('unchanged', { count });
  const newest = changes.toSorted((a, b) => (a.revision.published < b.revision.published ? 1 : -1));
  return element(
    'div',
    {},
    say('some_changed', { count }),
    element(
      'ol',
      { class: 'history' },
      ...newest.slice(0, mostShown).map((one) => changeItem(subject, one, words)),
    ),
    ...(newest.length > mostShown ? [say('older')] : []),
  );
}

/** A whole hour, shift or day has revisions of its own; any other window those of what lies in it. */
function concerning({ result: { from, to, revision, parts } }: EvidenceSubject): (one: Revision) => boolean {
  if (parts) {
    const begins = new Set(parts.map((part) => part.from));
    return (one) => one.grain === 'shift' && begins.has(one.from);
  }
  return revision === null ? (one) => one.to <= to : (one) => one.from === from && one.to === to;
}

function changeItem(
  { kpi, result }: EvidenceSubject,
  { revision, change }: { revision: Revision; change: Revision['changes'][number] },
  { catalogue, language }: EvidenceWords,
): HTMLElement {
  const say = (id: EvidenceMessageId) => evidenceMessage(language, id);
  const moment = (at: string) => formatDate(at, result.time_zone, language);
  const figure = (one: { value?: number | undefined; status: string }) =>
    [formatFigure(one, kpi, catalogue, language), reasonOf(one, catalogue, language)]
      .filter(Boolean)
      .join(' ');
  const reasons = revision.why.map(({ reason, by, said }) => {
    const parts = reason.kind === 'late_data' ? { machine: reason.machine } : {};
    const what = said ? saidIn(said, language) : evidenceMessage(language, reason.kind, parts);
    return `${what} (${say('by')} ${by})`;
  });
  if (revision.more_reasons > 0) reasons.push(say('more'));
  return element(
    'li',
    {},
    element(
      'b',
      {},
      `${say(revision.grain)} ${moment(revision.from)} · ${say('revision')} ${revision.revision}`,
    ),
    element('span', {}, `${say('was')} ${figure(change.old)} → ${say('is')} ${figure(change.new)}`),
    element(
      'small',
      {},
      `${say('why')}${colon(language)}${reasons.join(language === 'zh' ? '；' : '; ')} · ${say('published')} ${moment(revision.published)}`,
    ),
  );
}

/** What a person stated, and why. */
function saidIn({ kind, note }: { kind: string; note: string }, language: Language): string {
  const id = `kind_${kind}`;
  const name = isEntryMessage(id) ? entryMessage(language, id) : kind;
  return `${name}${colon(language)}${note}`;
}
