import { cncMessage } from './cnc-messages.ts';
import { element } from './dom.ts';
import { message } from './messages.ts';
import { linesOf, type MachineView } from './plant.ts';
import type { Catalogue, KpiId, Language, PlantView } from './types.ts';

const tileKpis: readonly KpiId[] = ['oee', 'energy_kwh_per_good_item', 'defect_ratio'];
const factorKpis: readonly KpiId[] = ['availability', 'effectiveness', 'quality_ratio'];
const columnKpis: readonly KpiId[] = [
  ...['oee' as const],
  ...factorKpis,
  'energy_kwh_per_good_item',
  'defect_ratio',
];
const pipelineCells = [
  'gateway_lag',
  'source_lag',
  'feed_lag',
  'ledger',
  'gateways',
  'buffer_left',
  'lost',
  'quarantined',
  'gaps',
  'store',
] as const;

export interface PageModel {
  plant: PlantView;
  catalogue: Catalogue;
  language: Language;
}

/** Builds the whole page without figures. Every place for a figure carries what belongs there in data attributes. */
export function buildPage(model: PageModel): Node[] {
  return [
    plantTiles(model),
    legend(model),
    ...linesOf(model.plant).map((line) => lineTable(model, line.scope)),
    pipelinePanel(model),
  ];
}

function nameOf({ catalogue, language }: PageModel, id: KpiId): string {
  return catalogue.kpis.find((kpi) => kpi.id === id)?.name[language] ?? id;
}

function unitOf({ catalogue, language }: PageModel, id: KpiId): string {
  const unit = catalogue.kpis.find((kpi) => kpi.id === id)?.unit;
  if (unit !== 'kWh/item') return '';
  return language === 'zh' ? 'kWh/件' : 'kWh/item';
}

/** A place for one figure of one scope; whoever presses it sees where it comes from. */
function figurePlace(scope: string, kpi: KpiId): HTMLElement {
  return element('button', { type: 'button', class: 'figure', 'data-scope': scope, 'data-kpi': kpi }, '·');
}

function plantTiles(model: PageModel): HTMLElement {
  const scope = model.plant.enterprise.scope;
  const tiles = tileKpis.map((kpi) => {
    const tile = element('article', { class: `tile tile-${kpi}` });
    tile.append(
      element('h3', {}, nameOf(model, kpi)),
      element('p', { class: 'big' }, figurePlace(scope, kpi), element('small', {}, unitOf(model, kpi))),
      element('p', { class: 'reason', 'data-reason-scope': scope, 'data-reason': kpi }),
      kpi === 'oee' ? factors(model, scope) : detail(scope, kpi),
    );
    return tile;
  });
  const heading = element(
    'h2',
    {},
    message(model.language, 'plant'),
    element('span', { class: 'badge', 'data-window': '' }),
    element('span', { class: 'badge', 'data-coverage': scope }),
  );
  return element(
    'section',
    { class: 'plant' },
    heading,
    element('div', { class: 'tiles' }, ...tiles, cncTile(model)),
  );
}

/** What the colours of the timelines mean. */
function legend({ catalogue, language }: PageModel): HTMLElement {
  const entries = catalogue.states.map(({ id, name }) =>
    element('li', {}, element('span', { class: 'swatch', 'data-state': id }), name[language]),
  );
  return element('ul', { class: 'legend' }, ...entries);
}

function factors(model: PageModel, scope: string): HTMLElement {
  const list = element('dl', { class: 'factors' });
  for (const kpi of factorKpis)
    list.append(
      element('div', {}, element('dt', {}, nameOf(model, kpi)), element('dd', {}, figurePlace(scope, kpi))),
    );
  return list;
}

function detail(scope: string, kpi: KpiId): HTMLElement {
  return element('p', { class: 'detail', 'data-detail': kpi, 'data-detail-scope': scope });
}

function cncTile({ language }: PageModel): HTMLElement {
  const list = element('dl', { class: 'factors' });
  for (const kind of ['declared', 'connected', 'active'] as const)
    list.append(
      element(
        'div',
        {},
        element('dt', {}, message(language, kind)),
        element('dd', {}, element('button', { type: 'button', class: 'figure', 'data-cnc': kind }, '·')),
      ),
    );
  return element(
    'article',
    { class: 'tile tile-cnc' },
    element('h3', {}, message(language, 'key_processes')),
    list,
    element('ul', { class: 'processes', id: 'processes' }),
    element(
      'p',
      { class: 'detail' },
      element(
        'button',
        { type: 'button', class: 'figure', 'data-cnc-processes': '' },
        cncMessage(language, 'show'),
      ),
    ),
  );
}

function lineTable(model: PageModel, scope: string): HTMLElement {
  const { language } = model;
  const line = linesOf(model.plant).find((candidate) => candidate.scope === scope);
  const machines = line?.machines ?? [];
  const head = element('tr', {}, element('th', { scope: 'col' }, message(language, 'machine')));
  head.append(
    element('th', { scope: 'col' }, message(language, 'state')),
    element('th', { scope: 'col', class: 'wide' }, message(language, 'timeline')),
  );
  for (const kpi of columnKpis)
    head.append(element('th', { scope: 'col', class: 'number' }, shortName(model, kpi)));
  head.append(element('th', { scope: 'col', class: 'number' }, message(language, 'coverage')));
  return element(
    'section',
    { class: 'line' },
    element('h2', {}, line?.name[language] ?? scope),
    element(
      'table',
      {},
      element('thead', {}, head),
      element('tbody', {}, ...machines.map((machine) => machineRow(model, machine))),
    ),
  );
}

function shortName(model: PageModel, kpi: KpiId): string {
  if (kpi === 'oee') return 'OEE';
  const unit = unitOf(model, kpi);
  return unit ? `${nameOf(model, kpi)} (${unit})` : nameOf(model, kpi);
}

function machineRow(model: PageModel, machine: MachineView): HTMLElement {
  const row = element('tr', { 'data-machine': machine.id });
  row.append(
    element(
      'th',
      { scope: 'row' },
      machine.name[model.language],
      element('small', {}, controlName(machine.control, model.language)),
    ),
    element('td', { class: 'state' }, element('span', { class: 'chip', 'data-state-of': machine.id }, '·')),
    element(
      'td',
      { class: 'wide' },
      element('canvas', { class: 'timeline', 'data-timeline': machine.id, role: 'img' }),
    ),
  );
  for (const kpi of columnKpis)
    row.append(
      element(
        'td',
        { class: 'number', 'data-label': shortName(model, kpi) },
        figurePlace(machine.scope, kpi),
      ),
    );
  const label = message(model.language, 'coverage');
  row.append(element('td', { class: 'number', 'data-label': label }, figurePlace(machine.scope, 'coverage')));
  return row;
}

function pipelinePanel({ language }: PageModel): HTMLElement {
  const list = element('dl', { class: 'pipeline' });
  for (const cell of pipelineCells)
    list.append(
      element(
        'div',
        {},
        element('dt', {}, message(language, cell)),
        element('dd', { 'data-pipeline': cell }, '·'),
      ),
    );
  return element(
    'section',
    { class: 'pipe' },
    element('h2', {}, message(language, 'pipeline')),
    list,
    element('ol', { class: 'stages', id: 'stages' }),
    element('ul', { class: 'losses', id: 'losses' }),
  );
}

/** Kinds of control are written alike in both languages, but for none. */
function controlName(control: string, language: Language): string {
  return control === 'manual' ? message(language, 'manual') : control;
}
