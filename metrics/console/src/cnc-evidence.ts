import { api, type Window } from './api.ts';
import { type CncMessageId, cncMessage } from './cnc-messages.ts';
import { openDialog } from './dialog.ts';
import { element } from './dom.ts';
import { formatDate, formatFigure, formatShare, offsetOf, reasonOf } from './format.ts';
import type { PageModel } from './page.ts';
import type { CncRatio } from './types.ts';

const bases = ['process_count', 'equipment_count', 'asset_value'] as const;
const kinds = ['declared', 'connected', 'active'] as const;

/** Shows the CNC ratio by each of its bases, and of every key process the machines that it rests on. Escape closes it. */
export async function openCncEvidence(model: PageModel, scope: string, window: Window): Promise<void> {
  const { language, catalogue } = model;
  const ratios = await Promise.all(bases.map((basis) => api.cncRatio(scope, window, basis)));
  const [counted] = ratios;
  if (!counted) return;
  openDialog(
    {
      of: 'cnc_processes',
      title: cncMessage(language, 'title'),
      value: formatFigure(counted.declared, 'cnc_ratio_declared', catalogue, language),
      unit: cncMessage(language, 'declared'),
      language,
    },
    basesTable(model, ratios),
    ...counted.processes.flatMap((process) => processPart(model, counted, process)),
  );
}

function basesTable({ language, catalogue }: PageModel, ratios: readonly CncRatio[]): HTMLElement {
  const say = (id: CncMessageId) => cncMessage(language, id);
  const rows = ratios.map((ratio) =>
    element(
      'tr',
      { 'data-basis': ratio.basis },
      element('th', { scope: 'row' }, say(ratio.basis)),
      ...kinds.map((kind) => {
        const why = reasonOf(ratio[kind], catalogue, language);
        const text = why || formatFigure(ratio[kind], `cnc_ratio_${kind}`, catalogue, language);
        return element('td', { class: 'number', 'data-label': say(kind) }, text);
      }),
    ),
  );
  const heads = kinds.map((kind) => element('th', { scope: 'col', class: 'number' }, say(kind)));
  return element(
    'table',
    {},
    element('thead', {}, element('tr', {}, element('th', { scope: 'col' }, say('basis')), ...heads)),
    element('tbody', {}, ...rows),
  );
}

function processPart(
  { language }: PageModel,
  { time_zone }: CncRatio,
  process: CncRatio['processes'][number],
): HTMLElement[] {
  const say = (id: CncMessageId) => cncMessage(language, id);
  const shares = kinds.map((kind) => `${say(kind)} ${formatShare(process[kind], language)}`);
  const machines = process.machines.map(({ name, control, controller, connected, active, last_seen }) => {
    const seen =
      last_seen === undefined
        ? say('never_seen')
        : `${say('last_seen')} ${formatDate(last_seen, time_zone, language)} ${offsetOf(new Date(last_seen), time_zone)}`;
    // What no controller runs counts for none of the three, whatever it made.
    const facts =
      control === 'manual'
        ? [say('manual')]
        : [
            [control, controller].filter(Boolean).join(' '),
            say(connected ? 'was_connected' : 'not_connected'),
            say(active ? 'was_active' : 'not_active'),
          ];
    return element(
      'li',
      {},
      element('b', {}, name[language]),
      element('span', {}, facts.join(' · ')),
      element('small', {}, seen),
    );
  });
  return [
    element('h3', { 'data-process': process.id }, process.name[language]),
    element('p', { class: 'detail' }, [...shares, say(`rule_${process.rule}`)].join(' · ')),
    element('ul', { class: 'history' }, ...machines),
  ];
}
