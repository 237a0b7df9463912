import { drawAlarms } from './alarms.ts';
import { api, get } from './api.ts';
import { barChoice, drawBar, showFreshness } from './bar.ts';
import { byId, element, isInUse, redraw, select, setText } from './dom.ts';
import { type Answers, questionsOf } from './energy-data.ts';
import { type AlarmActions, limitsPanel, shownAlarms } from './energy-limits.ts';
import { energyMessage } from './energy-messages.ts';
import { type BaselineChoice, baselinePanel, forecastPanel, noBaseline } from './energy-outlook.ts';
import { balancePanel, statePanels, tariffPanel } from './energy-panels.ts';
import { summaryPanel } from './energy-summary.ts';
import type { Wording } from './energy-wording.ts';
import { enter } from './entry-api.ts';
import { formatSpan } from './format.ts';
import { pause } from './pause.ts';
import { namesOf, scopeOptions, timeZoneOf } from './plant.ts';
import type { Catalogue, EnergyAlarm, EnergyCatalogue, PlantView } from './types.ts';
import { currentWindow } from './windows.ts';

const everyMs = 15_000;

const query = new URLSearchParams(location.search);
const choice = {
  ...barChoice(query, 'last_24h'),
  scope: query.get('scope') ?? '',
  baseline: query.get('baseline') ?? '',
  variable: query.get('variable') ?? 'good_items',
  grain: query.get('grain') ?? 'shift',
  model: query.get('model') ?? 'regression',
};

type Part = keyof Answers;
const columns = (...parts: (keyof typeof places)[]) =>
  element('div', { class: 'columns' }, ...parts.map((part) => places[part]));
/** Where each part stands. It is drawn when its answer comes. */
const places: Record<Exclude<Part, 'explanation'>, HTMLElement> = {
  summary: element('div'),
  limits: element('div'),
  forecast: element('div'),
  states: element('div', { class: 'columns' }),
  tariff: element('div'),
  balance: element('div'),
  baseline: element('div'),
};
const scopePlace = element('div');
/** From when to when the figures are that hang on the chosen window. */
const windowPlace = element('span', { class: 'detail' });

const root = byId('page');
let known: { plant: PlantView; catalogue: Catalogue; energy: EnergyCatalogue } | undefined;
/** What was last answered, drawn again at once when the language changes. */
let answers: Partial<Answers> = {};
/** A newer choice makes what is on its way for an older one worthless. */
let turn = 0;
let standing: readonly EnergyAlarm[] = [];
/** The alarm that is explained, and the one whose form is open. */
let explained: EnergyAlarm | undefined;
let asking: string | undefined;
let wrong = '';
/** What somebody has written of a reason, kept while what stands around it is drawn anew. */
const draft = { reason: '' };
/** Limits whose earlier periods are unfolded. */
const unfolded = new Set<string>();

function choose(change: Partial<typeof choice>): void {
  if (change.scope !== undefined) explained = undefined;
  // Figures of another scope or time would be taken for those that were asked for.
  if (change.scope !== undefined || change.window !== undefined) answers = {};
  Object.assign(choice, change);
  const { language: lang, ...rest } = choice;
  history.replaceState(null, '', `?${new URLSearchParams({ lang, ...rest })}`);
  drawBar(choice, choose);
  draw();
  again();
}

function again(): void {
  refresh().catch(() => showFresh(false));
}

async function refresh(): Promise<void> {
  turn += 1;
  const mine = turn;
  if (!known) {
    known = await load();
    draw();
  }
  const { plant } = known;
  const window = await currentWindow(choice.window, plant.enterprise.scope);
  const questions = questionsOf({ scope: scopeOf(plant), window, baseline: baselineChoice(), explained });
  await Promise.all(
    (Object.keys(questions) as Part[]).map(async (part) => {
      const answer = await questions[part]();
      if (mine !== turn) return;
      answers = { ...answers, [part]: answer };
      drawPart(part === 'explanation' ? 'limits' : part);
    }),
  );
  if (mine !== turn) return;
  const span = { from: window.from.toISOString(), to: window.to.toISOString() };
  setText(windowPlace, formatSpan(span, timeZoneOf(plant), choice.language));
  root.dataset['from'] = window.from.toISOString();
  root.dataset['to'] = window.to.toISOString();
  showFresh(true);
}

async function load() {
  const [plant, energy] = await Promise.all([api.known(), get<EnergyCatalogue>('energy/catalogue')]);
  return { ...plant, energy };
}

function scopeOf({ enterprise }: PlantView): string {
  return choice.scope || enterprise.scope;
}

/** The baselines that the plant file declares for the scope, by id. */
function declaredBaselines(): [id: string, name: string][] {
  if (!known) return [];
  const scope = scopeOf(known.plant);
  return known.energy.baselines
    .filter((baseline) => baseline.scope === scope)
    .map(({ id, name }) => [id, name[choice.language]]);
}

function baselineChoice(): BaselineChoice {
  const ids = [...declaredBaselines().map(([id]) => id), 'recent'];
  const { variable, grain, model } = choice;
  const [first = ''] = ids;
  const usual = first === 'recent' ? noBaseline : first;
  return { baseline: ids.find((id) => id === choice.baseline) ?? usual, variable, grain, model };
}

function draw(): void {
  showAlarms();
  if (!known) return;
  setText(byId('plant-name'), known.plant.enterprise.name[choice.language]);
  drawScope(known.plant);
  for (const part of Object.keys(places) as (keyof typeof places)[]) drawPart(part);
}

function drawScope(plant: PlantView): void {
  const asked = { id: 'where', label: energyMessage(choice.language, 'where'), chosen: scopeOf(plant) };
  const list = select(asked, scopeOptions(plant, choice.language), (scope) => choose({ scope }));
  redraw(scopePlace, element('div', { class: 'panel selects' }, list, windowPlace));
}

function drawPart(part: keyof typeof places): void {
  if (!known) return;
  const { language } = choice;
  const { plant, catalogue, energy } = known;
  if (isInUse(places[part])) return;
  redraw(
    places[part],
    ...panelsOf(part, { language, plant, energy, catalogue, names: namesOf(plant, language) }),
  );
}

function panelsOf(part: keyof typeof places, wording: Wording): HTMLElement[] {
  const { summary, limits, forecast, explanation, states, tariff, balance, baseline } = answers;
  switch (part) {
    case 'summary':
      return summary ? [summaryPanel(wording, summary.energy, summary.kpis)] : [];
    case 'limits': {
      if (!limits) return [];
      const alarms = shownAlarms(limits, new Date());
      const zone = timeZoneOf(wording.plant);
      const shown = { alarms, zone, asking, wrong, draft, explained: explained?.id, explanation, unfolded };
      return [limitsPanel(wording, shown, actions)];
    }
    case 'forecast':
      return forecast ? [forecastPanel(wording, forecast)] : [];
    case 'states':
      return states ? statePanels(wording, states) : [];
    case 'tariff':
      return tariff ? [tariffPanel(wording, tariff)] : [];
    case 'balance':
      return balance ? [balancePanel(wording, balance)] : [];
    case 'baseline': {
      if (!('baseline' in answers)) return [];
      const shown = { answer: baseline, declared: declaredBaselines(), chosen: baselineChoice() };
      return [baselinePanel(wording, shown, choose)];
    }
  }
}

const actions: AlarmActions = {
  explain(alarm) {
    // Pressed once more, it is put away.
    explained = explained?.id === alarm.id ? undefined : alarm;
    answers = { ...answers, explanation: undefined };
    drawPart('limits');
    if (explained) again();
  },
  ask(alarm) {
    if (asking !== alarm.id) draft.reason = '';
    asking = alarm.id;
    wrong = '';
    drawPart('limits');
    places.limits.querySelector('input')?.focus();
  },
  acknowledge(alarm, reason) {
    void acknowledge(alarm, reason);
  },
};

/** States it as whoever the service knows one as, like every other entry. */
async function acknowledge({ id, scope }: EnergyAlarm, reason: string): Promise<void> {
  try {
    const statement = { kind: 'acknowledgement', alarm: id };
    await enter(scope, { reason, from: new Date().toISOString(), statement });
    asking = undefined;
    draft.reason = '';
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    await seen(id);
  } catch (error) {
    wrong = error instanceof Error ? error.message : String(error);
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    drawPart('limits');
  }
}

/** What was entered comes back through the ledger, within seconds. */
async function seen(id: string): Promise<void> {
  for (let tries = 0; tries < 10; tries += 1) {
    await refresh();
    if (answers.limits?.alarms.find((alarm) => alarm.id === id)?.acknowledged) return;
    await pause(1000);
  }
}

function showAlarms(): void {
  const zone = known ? timeZoneOf(known.plant) : 'UTC';
  drawAlarms(byId('alarms'), standing, { language: choice.language, zone });
}

function showFresh(fresh: boolean): void {
  showFreshness(fresh, choice, known ? timeZoneOf(known.plant) : 'UTC');
}

async function keepFresh(): Promise<never> {
  for (;;) {
    await refresh().catch(() => showFresh(false));
    await pause(everyMs);
  }
}

root.append(
  ...[scopePlace, places.summary, columns('limits', 'forecast')],
  ...[places.states, columns('tariff', 'balance'), places.baseline],
);
drawBar(choice, choose);
api.follow({
  onAlarms(now) {
    standing = now;
    showAlarms();
  },
});
void keepFresh();
