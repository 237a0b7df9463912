import { drawAlarms } from './alarms.ts';
import { api, askedEnd, type Window } from './api.ts';
import { barChoice, drawBar, showFreshness } from './bar.ts';
import { openCncEvidence } from './cnc-evidence.ts';
import { byId, setText } from './dom.ts';
import { openEvidence } from './evidence.ts';
import { fillCnc, fillFigures, fillStates, fillWindow } from './fill.ts';
import { keepFresh } from './keep-fresh.ts';
import { message } from './messages.ts';
import { buildPage, type PageModel } from './page.ts';
import { fillPipeline } from './pipeline.ts';
import { linesOf, timeZoneOf } from './plant.ts';
import type { EnergyAlarm, KpiId, KpiResult } from './types.ts';
import { currentWindow } from './windows.ts';

const choice = barChoice(new URLSearchParams(location.search), 'last_24h');
const root = byId('page');
let model: PageModel | undefined;
let alarms: readonly EnergyAlarm[] = [];
/** What the page shows, by scope. */
const shownResults = new Map<string, KpiResult>();
let shownWindow: Window | undefined;

function choose(change: Partial<typeof choice>): void {
  Object.assign(choice, change);
  history.replaceState(null, '', `?${new URLSearchParams({ lang: choice.language, window: choice.window })}`);
  draw();
  wake();
}

/** Draws everything that does not depend on figures. */
function draw(): void {
  const { language } = choice;
  drawBar(choice, choose);
  setText(byId('footnote'), message(language, 'footnote'));
  showAlarms();
  if (!model) return;
  model = { ...model, language };
  setText(byId('plant-name'), model.plant.enterprise.name[language]);
  root.replaceChildren(...buildPage(model));
}

async function refresh(): Promise<void> {
  if (!model) {
    model = { ...(await api.known()), language: choice.language };
    draw();
  }
  const shown = model;
  const enterprise = shown.plant.enterprise.scope;
  const window = await currentWindow(choice.window, enterprise);
  const machines = linesOf(shown.plant).flatMap((line) => line.machines);
  const fillScope = async (scope: string) => {
    const result = await api.kpis(scope, window);
    shownResults.set(scope, result);
    fillFigures(root, shown, result);
  };
  await Promise.all([
    ...[enterprise, ...machines.map((machine) => machine.scope)].map(fillScope),
    ...machines.map(async (machine) => {
      fillStates(root, shown, await api.states(machine.id, window), window);
    }),
    api.cncRatio(enterprise, window).then((ratio) => {
      fillCnc(root, shown, ratio);
    }),
    api.pipeline().then((pipeline) => {
      fillPipeline(root, shown, pipeline);
    }),
  ]);
  // While data begins to come, the plant was asked before its machines had told anything.
  if (!isTold(enterprise) && machines.some(({ scope }) => isTold(scope))) await fillScope(enterprise);
  shownWindow = window;
  fillWindow(root, window, timeZoneOf(shown.plant), choice.language);
  root.dataset['from'] = window.from.toISOString();
  root.dataset['to'] = askedEnd(window).toISOString();
  showFresh(true);
}

function isTold(scope: string): boolean {
  return shownResults.get(scope)?.figures.oee?.value !== undefined;
}

function showAlarms(): void {
  const zone = model ? timeZoneOf(model.plant) : 'UTC';
  drawAlarms(byId('alarms'), alarms, { language: choice.language, zone });
}

function showFresh(fresh: boolean): void {
  showFreshness(fresh, choice, model ? timeZoneOf(model.plant) : 'UTC');
}

/** Of the figure that somebody pressed, where it comes from. */
function showEvidence({ target }: Event): void {
  const place = target instanceof Element ? target.closest<HTMLElement>('button.figure') : null;
  if (!place || !model) return;
  const { scope = model.plant.enterprise.scope, kpi, cnc, cncProcesses } = place.dataset;
  if (cncProcesses !== undefined) {
    if (shownWindow) openCncEvidence(model, scope, shownWindow).catch(() => showFresh(false));
    return;
  }
  const result = shownResults.get(scope);
  if (result) openEvidence({ kpi: (kpi ?? `cnc_ratio_${cnc}`) as KpiId, result }, model);
}

draw();
root.addEventListener('click', showEvidence);
const wake = keepFresh(
  () => refresh().catch(() => showFresh(false)),
  (standing) => {
    alarms = standing;
    showAlarms();
  },
);
