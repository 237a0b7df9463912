import { drawAlarms } from './alarms.ts';
import { api, get, span } from './api.ts';
import { barChoice, drawBar, showFreshness } from './bar.ts';
import { byId, element, select, setText } from './dom.ts';
import { type AlarmActions, explanationPanel, limitsPanel, shownAlarms } from './energy-limits.ts';
import { energyMessage } from './energy-messages.ts';
import { type BaselineChoice, baselinePanel, forecastPanel } from './energy-outlook.ts';
import { balancePanel, statePanels, summaryPanel, tariffPanel, type Wording } from './energy-panels.ts';
import { enter } from './entry-api.ts';
import { namesOf, scopeOptions, timeZoneOf } from './plant.ts';
import type {
  Catalogue,
  EnergyAlarm,
  EnergyAlarms,
  EnergyBaseline,
  EnergyByState,
  EnergyCatalogue,
  EnergyCosts,
  EnergyExplanation,
  EnergyForecast,
  EnergySummary,
  KpiResult,
  MeterBalance,
  PlantView,
} from './types.ts';
import { currentWindow } from './windows.ts';

const everyMs = 15_000;
const dayMs = 86_400_000;
/** What is looked back on for baselines and what is compared with them, each. */
const baselineDays = 28;

const query = new URLSearchParams(location.search);
const choice = {
  ...barChoice(query, 'last_24h'),
  scope: query.get('scope') ?? '',
  baseline: query.get('baseline') ?? '',
  variable: query.get('variable') ?? 'good_items',
  grain: query.get('grain') ?? 'shift',
  model: query.get('model') ?? 'regression',
};
const root = byId('page');
let known: { plant: PlantView; catalogue: Catalogue; energy: EnergyCatalogue } | undefined;
/** What was last answered, drawn again at once when the language changes. */
let answered: Answers | undefined;
/** A newer choice makes what is on its way for an older one worthless. */
let turn = 0;
let standing: readonly EnergyAlarm[] = [];
/** The alarm that is explained, and the one whose form is open. */
let explained: EnergyAlarm | undefined;
let asking: string | undefined;
let wrong = '';

interface Answers {
  scope: string;
  summary: EnergySummary;
  kpis: KpiResult;
  states: EnergyByState;
  costs: EnergyCosts;
  balance: MeterBalance;
  forecasts: EnergyForecast[];
  baseline: EnergyBaseline;
  alarms: EnergyAlarms;
  explanation: EnergyExplanation | undefined;
}

function choose(change: Partial<typeof choice>): void {
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
  known ??= await load();
  const { plant, energy } = known;
  const scope = choice.scope || plant.enterprise.scope;
  const window = await currentWindow(choice.window, plant.enterprise.scope);
  const asked = { scope, ...span(window) };
  const now = new Date();
  const lastDay = { from: new Date(now.getTime() - dayMs), to: now, open: true };
  const [summary, kpis, states, costs, balance, forecasts, baseline, alarms, explanation] = await Promise.all(
    [
      get<EnergySummary>('energy/summary', asked),
      api.kpis(scope, window),
      get<EnergyByState>('energy/by-state', asked),
      get<EnergyCosts>('energy/tariff', asked),
      get<MeterBalance>('energy/balance', asked),
      Promise.all(
        (['day', 'week', 'month'] as const).map((period) =>
          get<EnergyForecast>('energy/forecast', { scope, period }),
        ),
      ),
      get<EnergyBaseline>('energy/baseline', baselineQuery(scope, energy, now)),
      get<EnergyAlarms>('energy/alarms', { scope, ...span(lastDay) }),
      explanationOf(explained),
    ],
  );
  if (mine !== turn) return;
  answered = { scope, summary, kpis, states, costs, balance, forecasts, baseline, alarms, explanation };
  draw();
  root.dataset['from'] = asked.from;
  root.dataset['to'] = asked.to;
  showFresh(true);
}

async function load() {
  const [plant, catalogue, energy] = await Promise.all([
    api.plant(),
    api.catalogue(),
    get<EnergyCatalogue>('energy/catalogue'),
  ]);
  return { plant, catalogue, energy };
}

/** Declared baselines of a scope by id. */
function declaredOf(scope: string, { baselines }: EnergyCatalogue): [id: string, name: string][] {
  return baselines
    .filter((baseline) => baseline.scope === scope)
    .map(({ id, name }) => [id, name[choice.language]]);
}

function chosenBaseline(scope: string, energy: EnergyCatalogue): string {
  const ids = [...declaredOf(scope, energy).map(([id]) => id), 'recent'];
  return ids.find((id) => id === choice.baseline) ?? ids[0] ?? 'recent';
}

function baselineQuery(scope: string, energy: EnergyCatalogue, now: Date): Record<string, string> {
  const before = (days: number) => new Date(now.getTime() - days * dayMs).toISOString();
  const window = { scope, from: before(baselineDays), to: now.toISOString() };
  const baseline = chosenBaseline(scope, energy);
  if (baseline !== 'recent') return { ...window, baseline };
  const { variable, grain, model } = choice;
  return {
    ...{ ...window, variable, grain, model },
    baseline_from: before(2 * baselineDays),
    baseline_to: window.from,
  };
}

async function explanationOf(alarm: EnergyAlarm | undefined): Promise<EnergyExplanation | undefined> {
  if (!alarm) return undefined;
  const { scope, carrier, period, from } = alarm;
  return await get<EnergyExplanation>('energy/explanation', { scope, carrier, period, at: from });
}

function draw(): void {
  drawAlarms(byId('alarms'), standing, choice.language);
  if (!known || !answered) return;
  const { plant, catalogue, energy } = known;
  const { language } = choice;
  const wording: Wording = { language, energy, catalogue, names: namesOf(plant, language) };
  setText(byId('plant-name'), plant.enterprise.name[language]);
  const chosen: BaselineChoice = { ...choice, baseline: chosenBaseline(answered.scope, energy) };
  const baseline = { answer: answered.baseline, declared: declaredOf(answered.scope, energy), chosen };
  const zone = timeZoneOf(plant);
  const limits = { alarms: shownAlarms(answered.alarms, new Date()), zone, asking, wrong };
  const why =
    explained && answered.explanation
      ? [explanationPanel(wording, answered.explanation, explained.name[language])]
      : [];
  const columns = (...panels: HTMLElement[]) => element('div', { class: 'columns' }, ...panels);
  root.replaceChildren(
    scopeSelect(plant, answered.scope),
    summaryPanel(wording, answered.summary, answered.kpis),
    columns(limitsPanel(wording, limits, actions), forecastPanel(wording, answered.forecasts)),
    ...why,
    columns(...statePanels(wording, answered.states), tariffPanel(wording, answered.costs)),
    balancePanel(wording, answered.balance),
    baselinePanel(wording, baseline, (change) => choose(change)),
  );
}

function scopeSelect(plant: PlantView, scope: string): HTMLElement {
  const asked = { id: 'where', label: energyMessage(choice.language, 'where'), chosen: scope };
  const list = select(asked, scopeOptions(plant, choice.language), (to) => {
    explained = undefined;
    choose({ scope: to });
  });
  return element('div', { class: 'panel selects' }, list);
}

const actions: AlarmActions = {
  explain(alarm) {
    explained = alarm;
    again();
  },
  ask(alarm) {
    asking = alarm?.id;
    wrong = '';
    draw();
    document.querySelector<HTMLInputElement>('.limits input')?.focus();
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
    wrong = '';
    await seen(id);
  } catch (error) {
    wrong = error instanceof Error ? error.message : String(error);
    draw();
  }
}

/** What was entered comes back through the ledger, within seconds. */
async function seen(id: string): Promise<void> {
  for (let tries = 0; tries < 10; tries += 1) {
    await refresh();
    if (answered?.alarms.alarms.find((alarm) => alarm.id === id)?.acknowledged) return;
    await pause(1000);
  }
}

function showFresh(fresh: boolean): void {
  showFreshness(fresh, choice, known ? timeZoneOf(known.plant) : 'UTC');
}

/** What somebody has open or fills in is not taken away from under their hands. */
function isBusy(): boolean {
  return asking !== undefined || document.activeElement?.tagName === 'SELECT';
}

async function keepFresh(): Promise<never> {
  for (;;) {
    if (!isBusy()) await refresh().catch(() => showFresh(false));
    await pause(everyMs);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

drawBar(choice, choose);
api.follow({
  onAlarms(now) {
    standing = now;
    drawAlarms(byId('alarms'), standing, choice.language);
  },
});
void keepFresh();
