import { type AnalysisMessageId, analysisMessage } from './analysis-messages.ts';
import { element } from './dom.ts';
import { formatCount, formatHours, formatShare } from './format.ts';
import { type Bar, barList, panel } from './panels.ts';
import type { Catalogue, Language, LossTree } from './types.ts';

/** The panels of a loss tree: waterfall, stops, micro-stops, defects. */
export function lossPanels(losses: LossTree, catalogue: Catalogue, language: Language): HTMLElement[] {
  return [
    lossPanel(language, 'losses', waterfall(losses, language)),
    lossPanel(language, 'stops', stopBars(losses.stops.rows, { catalogue, language, by: 'seconds' })),
    lossPanel(
      language,
      'micro_stops',
      stopBars(losses.micro_stops.rows, { catalogue, language, by: 'times' }),
      `${formatCount(losses.micro_stops.times, language)} × · < ${losses.micro_stops.bound_s} s`,
    ),
    lossPanel(language, 'defects', defectBars(losses, language)),
  ];
}

function lossPanel(language: Language, id: AnalysisMessageId, content: Node, badge = ''): HTMLElement {
  return panel({ id, title: analysisMessage(language, id), badge }, content);
}

/** Each loss begins where what is left ends, so the bars step down from calendar time to what was fully productive. */
function waterfall({ waterfall: steps, notes }: LossTree, language: Language): HTMLElement {
  const whole = Math.max(...steps.map(({ seconds }) => seconds), 1);
  let left = steps[0]?.seconds ?? 0;
  const bars = steps.map(({ id, kind, name, seconds }): Bar => {
    const before = left;
    if (kind === 'loss') left -= seconds;
    const share = formatShare(steps[0]?.seconds ? seconds / steps[0].seconds : null, language);
    return {
      id,
      name: name[language],
      from: kind === 'rest' ? 0 : Math.max(0, Math.min(before, left)) / whole,
      length: Math.abs(seconds) / whole,
      kind: seconds < 0 ? 'negative' : kind,
      amount: formatHours(seconds / 3600, language),
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
  rows: LossTree['stops']['rows'],
  { catalogue, language, by }: { catalogue: Catalogue; language: Language; by: 'seconds' | 'times' },
): HTMLElement {
  if (rows.length === 0) return element('p', { class: 'detail' }, analysisMessage(language, 'no_stops'));
  const most = Math.max(...rows.map((row) => row[by]), 1);
  return barList(
    rows.slice(0, 12).map((row): Bar => {
      const state = catalogue.states.find(({ id }) => id === row.state)?.name[language] ?? row.state;
      const reason = row.reason_name?.[language] ?? (row.reason || analysisMessage(language, 'no_reason'));
      return {
        id: `${row.state}/${row.reason}`,
        name: `${state} · ${reason}`,
        from: 0,
        length: row[by] / most,
        kind: 'loss',
        amount: `${formatHours(row.seconds / 3600, language)} · ${formatCount(row.times, language)} ×`,
        title: `${formatShare(row.share, language)} · Σ ${formatShare(row.cumulative_share, language)}`,
      };
    }),
  );
}

function defectBars({ defects }: LossTree, language: Language): HTMLElement {
  const rows = [
    ...defects.rows.map(({ cause, name, items }) => ({ id: cause, name: name?.[language] ?? cause, items })),
    { id: 'unnamed', name: analysisMessage(language, 'unnamed'), items: defects.unnamed_items },
  ].filter(({ items }) => items !== 0);
  if (rows.length === 0) return element('p', { class: 'detail' }, analysisMessage(language, 'no_defects'));
  const most = Math.max(...rows.map(({ items }) => Math.abs(items)));
  return barList(
    rows.map(({ id, name, items }): Bar => {
      const kind = items < 0 ? 'negative' : 'loss';
      const amount = formatCount(items, language);
      return { id, name, from: 0, length: Math.abs(items) / most, kind, amount, title: amount };
    }),
  );
}
