import { type AnalysisMessageId, analysisMessage } from './analysis-messages.ts';
import { element } from './dom.ts';
import { withEvidence } from './energy-evidence.ts';
import type { EvidenceWords } from './evidence-subject.ts';
import { formatAmount, formatCount, formatHours, formatShare } from './format.ts';
import { type Bar, barList, panel } from './panels.ts';
import { linesOf } from './plant.ts';
import type { Language, LossTree } from './types.ts';

/** The panels of a loss tree: waterfall, stops, micro-stops, defects. */
export function lossPanels(losses: LossTree, words: EvidenceWords): HTMLElement[] {
  const { language } = words;
  return [
    lossPanel(language, 'losses', waterfall(losses, words), machinesBadge(losses, words)),
    lossPanel(language, 'stops', stopBars(losses, words, { of: 'stops', by: 'seconds' })),
    lossPanel(
      language,
      'micro_stops',
      stopBars(losses, words, { of: 'micro_stops', by: 'times' }),
      `${formatCount(losses.micro_stops.times, language)} × · < ${losses.micro_stops.bound_s} s`,
    ),
    lossPanel(language, 'defects', defectBars(losses, words)),
  ];
}

function lossPanel(language: Language, id: AnalysisMessageId, content: Node, badge = ''): HTMLElement {
  return panel({ id, title: analysisMessage(language, id), badge }, content);
}

/** The time of several machines is added up: a day of seven is seven days. */
function machinesBadge({ scope }: LossTree, { plant, language }: EvidenceWords): string {
  const count = linesOf(plant)
    .flatMap(({ machines }) => machines)
    .filter((one) => one.scope === scope || one.scope.startsWith(`${scope}/`)).length;
  return count > 1 ? analysisMessage(language, 'machines_together').replace('{n}', String(count)) : '';
}

/** A figure of a loss tree as a button that shows where it comes from. */
function shown(
  losses: LossTree,
  words: EvidenceWords,
  one: { field: string; title: string; text: string; exact?: string },
): HTMLElement {
  const { scope, from, to, time_zone, formulas } = losses;
  return withEvidence(words, {
    ...{ scope, from, to, time_zone, title: one.title, text: one.text },
    formula: formulas[one.field] ?? '',
    evidence: { ...losses, declared: [] },
    inputs: one.exact === undefined ? [] : [[analysisMessage(words.language, 'exact'), `${one.exact} s`]],
    api: { path: 'losses', query: { scope, from, to } },
  });
}

/** Each loss begins where what is left ends, so the bars step down from calendar time to what was fully productive. */
function waterfall(losses: LossTree, words: EvidenceWords): HTMLElement {
  const { waterfall: steps, notes } = losses;
  const { language } = words;
  const whole = Math.max(...steps.map(({ seconds }) => seconds), 1);
  let left = steps[0]?.seconds ?? 0;
  const bars = steps.map(({ id, kind, name, seconds, exact_s: exact }): Bar => {
    const before = left;
    if (kind === 'loss') left -= seconds;
    const share = formatShare(steps[0]?.seconds ? seconds / steps[0].seconds : null, language);
    return {
      id,
      name: name[language],
      from: kind === 'rest' ? 0 : Math.max(0, Math.min(before, left)) / whole,
      length: Math.abs(seconds) / whole,
      kind: seconds < 0 ? 'negative' : kind,
      amount: shown(losses, words, {
        ...{ field: 'waterfall', title: name[language], exact },
        text: formatHours(seconds / 3600, language),
      }),
      title: share,
    };
  });
  const list = element(
    'ul',
    { class: 'notes' },
    ...notes.map(({ name }) => element('li', {}, name[language])),
  );
  return element('div', {}, barList(bars), list);
}

function stopBars(
  losses: LossTree,
  words: EvidenceWords,
  { of, by }: { of: 'stops' | 'micro_stops'; by: 'seconds' | 'times' },
): HTMLElement {
  const { catalogue, language } = words;
  const { rows } = losses[of];
  if (rows.length === 0) return element('p', { class: 'detail' }, analysisMessage(language, 'no_stops'));
  const most = Math.max(...rows.map((row) => row[by]), 1);
  return barList(
    rows.slice(0, 12).map((row): Bar => {
      const state = catalogue.states.find(({ id }) => id === row.state)?.name[language] ?? row.state;
      const reason = row.reason_name?.[language] ?? (row.reason || analysisMessage(language, 'no_reason'));
      const name = `${state} · ${reason}`;
      const text = `${formatHours(row.seconds / 3600, language)} · ${formatCount(row.times, language)} ×`;
      return {
        id: `${row.state}/${row.reason}`,
        name,
        from: 0,
        length: row[by] / most,
        kind: 'loss',
        amount: shown(losses, words, { field: of, title: name, text, exact: String(row.seconds) }),
        title: `${formatShare(row.share, language)} · Σ ${formatShare(row.cumulative_share, language)}`,
      };
    }),
  );
}

function defectBars(losses: LossTree, words: EvidenceWords): HTMLElement {
  const { defects } = losses;
  const { language } = words;
  const rows = [
    ...defects.rows.map(({ cause, name, items }) => ({ id: cause, name: name?.[language] ?? cause, items })),
    { id: 'unnamed', name: analysisMessage(language, 'unnamed'), items: defects.unnamed_items },
  ].filter(({ items }) => items !== 0);
  if (rows.length === 0) return element('p', { class: 'detail' }, analysisMessage(language, 'no_defects'));
  const most = Math.max(...rows.map(({ items }) => Math.abs(items)));
  return barList(
    rows.map(({ id, name, items }): Bar => {
      const kind = items < 0 ? 'negative' : 'loss';
      const text = formatAmount(items, 'items', language);
      const amount = shown(losses, words, { field: 'defects', title: name, text });
      return { id, name, from: 0, length: Math.abs(items) / most, kind, amount, title: text };
    }),
  );
}
