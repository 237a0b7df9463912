import { type AnalysisMessageId, analysisMessage } from './analysis-messages.ts';
import { api, get, span } from './api.ts';
import { barChoice, drawBar, showFreshness } from './bar.ts';
import { capabilityFacts } from './capability.ts';
import { chartFigures } from './control-chart.ts';
import { byId, element, isInUse, redraw, select, setText } from './dom.ts';
import { withEvidence } from './energy-evidence.ts';
import type { EvidenceWords } from './evidence-subject.ts';
import { colon, formatSpan, locale } from './format.ts';
import { lossPanels } from './loss-panels.ts';
import { panel } from './panels.ts';
import { pause } from './pause.ts';
import { machineOf, scopeOptions, timeZoneOf } from './plant.ts';
import type {
  Capability,
  Catalogue,
  CharacteristicList,
  ControlChart,
  Grade,
  LossTree,
  PlantView,
} from './types.ts';
import { currentWindow } from './windows.ts';

const everyMs = 15_000;
/** Points that fit a screen: the newest of the window. */
const shownPoints = 200;

const query = new URLSearchParams(location.search);
const choice = {
  ...barChoice(query, 'last_24h'),
  scope: query.get('scope') ?? '',
  characteristic: query.get('characteristic') ?? '',
  subgroup: query.get('subgroup') ?? '1',
  rules: query.get('rules') ?? 'western_electric',
};
const root = byId('page');
let known: { plant: PlantView; catalogue: Catalogue } | undefined;
/** What was last answered, drawn again at once when the language changes. */
let answered: Answers | undefined;
/** A newer choice makes what is on its way for an older one worthless. */
let turn = 0;

function choose(change: Partial<typeof choice>): void {
  Object.assign(choice, change);
  const { language: lang, ...rest } = choice;
  history.replaceState(null, '', `?${new URLSearchParams({ lang, ...rest })}`);
  drawBar(choice, choose);
  draw();
  refresh().catch(() => showFresh(false));
}

async function refresh(): Promise<void> {
  turn += 1;
  const mine = turn;
  known ??= await api.known();
  const { plant } = known;
  const scope = choice.scope || plant.enterprise.scope;
  const shown = await currentWindow(choice.window, plant.enterprise.scope);
  const window = span(shown);
  const [losses, { characteristics }, grade] = await Promise.all([
    get<LossTree>('losses', { scope, ...window }),
    get<CharacteristicList>('quality/characteristics', { scope }),
    get<Grade>('quality/grade', { scope, ...window }),
  ]);
  const chosen = characteristics.find((one) => idOf(one) === choice.characteristic) ?? characteristics[0];
  const charted = chosen && (await newestPoints(chosen, window));
  if (mine !== turn) return;
  const ends = { from: shown.from.toISOString(), to: shown.to.toISOString() };
  answered = { scope, window: ends, losses, grade, characteristics, chosen, charted };
  draw();
  root.dataset['to'] = window.to;
  showFresh(true);
}

interface Answers {
  scope: string;
  window: { from: string; to: string };
  losses: LossTree;
  grade: Grade;
  characteristics: readonly Characteristic[];
  chosen: Characteristic | undefined;
  charted: Charted | undefined;
}

interface Charted {
  chart: ControlChart;
  capability: Capability;
}

function draw(): void {
  if (!known || !answered) return;
  const { plant, catalogue } = known;
  const { scope, window, losses, grade, characteristics, chosen, charted } = answered;
  setText(byId('plant-name'), plant.enterprise.name[choice.language]);
  redraw(
    root,
    scopeSelect(plant, { scope, window }),
    ...lossPanels(losses, { plant, catalogue, language: choice.language }),
    chartPanel(characteristics, chosen, charted),
    gradePanel(grade, { plant, catalogue, language: choice.language }),
  );
}

type Characteristic = CharacteristicList['characteristics'][number];

function idOf({ machine, characteristic }: Characteristic): string {
  return `${machine}/${characteristic}`;
}

/** The newest points of the window that fit a screen, and the capability over the whole of it. */
async function newestPoints(
  { machine, characteristic }: Characteristic,
  window: { from: string; to: string },
): Promise<Charted> {
  const { subgroup, rules } = choice;
  const ask = async (offset: number) =>
    await get<ControlChart>('quality/control-chart', {
      machine,
      characteristic,
      subgroup,
      rules,
      ...window,
      limit: String(shownPoints),
      offset: String(offset),
    });
  const asked = { machine, characteristic, subgroup, ...window };
  const [first, capability] = await Promise.all([ask(0), get<Capability>('quality/capability', asked)]);
  const total = Math.max(...first.charts.map((chart) => chart.total));
  return { chart: total > shownPoints ? await ask(total - shownPoints) : first, capability };
}

const say = (id: AnalysisMessageId) => analysisMessage(choice.language, id);

function titled(id: AnalysisMessageId, content: Node, badge = ''): HTMLElement {
  return panel({ id, title: say(id), badge }, content);
}

function scopeSelect(plant: PlantView, { scope, window }: Pick<Answers, 'scope' | 'window'>): HTMLElement {
  const options = scopeOptions(plant, choice.language);
  const list = select({ id: 'where', label: say('where'), chosen: scope }, options, (to) =>
    choose({ scope: to }),
  );
  const shown = formatSpan(window, timeZoneOf(plant), choice.language);
  return element('div', { class: 'panel selects' }, list, element('span', { class: 'detail' }, shown));
}

function chartPanel(
  characteristics: readonly Characteristic[],
  chosen: Characteristic | undefined,
  charted: Charted | undefined,
): HTMLElement {
  const { language } = choice;
  if (!chosen || !charted || !known)
    return titled('chart', element('p', { class: 'detail' }, say('no_characteristics')));
  const { plant, catalogue } = known;
  const list = (
    id: 'characteristic' | 'subgroup' | 'rules',
    value: string,
    options: readonly (readonly [string, string])[],
  ) => select({ id, label: say(id), chosen: value }, options, (to) => choose({ [id]: to }));
  const selects = element(
    'div',
    { class: 'selects' },
    list(
      'characteristic',
      idOf(chosen),
      characteristics.map((one) => [
        idOf(one),
        `${machineName(plant, one.machine)} · ${one.name[language]} (${one.unit})`,
      ]),
    ),
    list(
      'subgroup',
      choice.subgroup,
      ['1', '2', '3', '4', '5', '8', '10'].map((size) => [size, size]),
    ),
    list(
      'rules',
      choice.rules,
      (['western_electric', 'nelson'] as const).map((id) => [id, say(id)]),
    ),
  );
  const figures = chartFigures(charted.chart, timeZoneOf(plant), language);
  const facts = capabilityFacts(charted.capability, { plant, catalogue, language });
  return titled('chart', element('div', {}, selects, figures, facts));
}

function machineName(plant: PlantView, id: string): string {
  return machineOf(plant, id)?.name[choice.language] ?? id;
}

/** Criteria that are shares. */
const shares: ReadonlySet<string> = new Set(['rolled_yield', 'internal_loss', 'external_loss']);

function gradePanel(grade: Grade, words: EvidenceWords): HTMLElement {
  const { grade_name, at_most_name, criteria, not_judged, evidence, scope, from, to, time_zone } = grade;
  const { language } = words;
  const number = new Intl.NumberFormat(locale(language), { maximumSignificantDigits: 5 });
  const text = (criterion: string, value: number) =>
    shares.has(criterion) ? `${number.format(value * 100)} %` : number.format(value);
  const rows = criteria.map(({ criterion, name, measured, value: { value, reason } }) => {
    const shown = value === undefined ? (reason?.[language] ?? '—') : text(criterion, value);
    const figure = withEvidence(words, {
      ...{ scope, from, to, time_zone, evidence, title: name[language], text: shown, declared: !measured },
      formula: evidence.formulas[criterion] ?? '',
      api: { path: 'quality/grade', query: { scope, from, to, subgroup: choice.subgroup } },
    });
    return element('div', {}, element('dt', {}, name[language]), element('dd', {}, figure));
  });
  const others = not_judged.map((name) => name[language]).join(' · ');
  return titled(
    'grade',
    element(
      'div',
      {},
      element('dl', { class: 'factors' }, ...rows),
      element('p', { class: 'detail' }, `${say('not_judged')}${colon(language)}${others}`),
    ),
    grade_name[language] === at_most_name[language]
      ? grade_name[language]
      : `${grade_name[language]} · ${say('at_most')}${colon(language)}${at_most_name[language]}`,
  );
}

function showFresh(fresh: boolean): void {
  showFreshness(fresh, choice, known ? timeZoneOf(known.plant) : 'UTC');
}

async function keepFresh(): Promise<never> {
  for (;;) {
    // A list that somebody has open is not taken away from under their hands.
    if (!isInUse(root)) await refresh().catch(() => showFresh(false));
    await pause(everyMs);
  }
}

drawBar(choice, choose);
void keepFresh();
