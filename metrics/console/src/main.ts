import { drawAlarms } from './alarms.ts';
import { api, askedEnd } from './api.ts';
import { barChoice, drawBar, showFreshness } from './bar.ts';
import { byId, setText } from './dom.ts';
import { openEvidence } from './evidence.ts';
import { fillCnc, fillFigures, fillStates } from './fill.ts';
import { message } from './messages.ts';
import { buildPage, type PageModel } from './page.ts';
import { pause } from './pause.ts';
import { fillPipeline } from './pipeline.ts';
import { linesOf, timeZoneOf } from './plant.ts';
import type { EnergyAlarm, KpiId, KpiResult } from './types.ts';
import { currentWindow } from './windows.ts';

const leastPauseMs = 2000;
const longestPauseMs = 5000;

const choice = barChoice(new URLSearchParams(location.search), 'last_24h');
const root = byId('page');
let wake: (() => void) | undefined;
let model: PageModel | undefined;
let alarms: readonly EnergyAlarm[] = [];
/** What the page shows, by scope. */
const shownResults = new Map<string, KpiResult>();

function choose(change: Partial<typeof choice>): void {
  Object.assign(choice, change);
  history.replaceState(null, '', `?${new URLSearchParams({ lang: choice.language, window: choice.window })}`);
  draw();
  wake?.();
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
  await Promise.all([
    ...[enterprise, ...machines.map((machine) => machine.scope)].map(async (scope) => {
      const result = await api.kpis(scope, window);
      shownResults.set(scope, result);
      fillFigures(root, shown, result);
    }),
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
  root.dataset['from'] = window.from.toISOString();
  root.dataset['to'] = askedEnd(window).toISOString();
  showFresh(true);
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
  const { scope = model.plant.enterprise.scope, kpi, cnc } = place.dataset;
  const result = shownResults.get(scope);
  if (result) openEvidence({ kpi: (kpi ?? `cnc_ratio_${cnc}`) as KpiId, result }, model);
}

/** Refreshes when the service says that something changed, at most every 2 s and at least every 5 s. */
async function keepFresh(): Promise<never> {
  for (;;) {
    await refresh().catch(() => {
      showFresh(false);
    });
    await pause(leastPauseMs);
    await Promise.race([
      pause(longestPauseMs - leastPauseMs),
      new Promise<void>((resolve) => (wake = resolve)),
    ]);
  }
}

draw();
root.addEventListener('click', showEvidence);
api.follow({
  onUpdate: () => wake?.(),
  onAlarms: (standing) => {
    alarms = standing;
    showAlarms();
  },
});
void keepFresh();
