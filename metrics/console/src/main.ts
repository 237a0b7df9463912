import { api, askedEnd } from './api.ts';
import { byId, element, setText } from './dom.ts';
import { fillCnc, fillFigures, fillStates } from './fill.ts';
import { formatClock, locale } from './format.ts';
import { message } from './messages.ts';
import { buildPage, type PageModel } from './page.ts';
import { fillPipeline } from './pipeline.ts';
import { linesOf, timeZoneOf } from './plant.ts';
import type { Language } from './types.ts';
import { currentWindow, type WindowId, windowIds } from './windows.ts';

const languages = { en: 'English', zh: '中文' } as const satisfies Record<Language, string>;
const leastPauseMs = 2000;
const longestPauseMs = 5000;

const choice = readChoice();
const root = byId('page');
let wake: (() => void) | undefined;
let model: PageModel | undefined;

/** The choice of language and window stands in the address, so that a wall screen comes back as it was. */
function readChoice(): { language: Language; window: WindowId } {
  const query = new URLSearchParams(location.search);
  const language = query.get('lang') ?? navigator.language.slice(0, 2);
  const window = query.get('window');
  return {
    language: language === 'zh' ? 'zh' : 'en',
    window: windowIds.find((id) => id === window) ?? 'last_24h',
  };
}

function choose(change: Partial<typeof choice>): void {
  Object.assign(choice, change);
  history.replaceState(null, '', `?${new URLSearchParams({ lang: choice.language, window: choice.window })}`);
  draw();
  wake?.();
}

/** Draws everything that does not depend on figures. */
function draw(): void {
  const { language } = choice;
  document.documentElement.lang = locale(language);
  const button = (text: string, chosen: boolean, act: () => void) => {
    const made = element('button', { type: 'button', 'aria-pressed': String(chosen) }, text);
    made.addEventListener('click', act);
    return made;
  };
  byId('windows').replaceChildren(
    ...windowIds.map((id) =>
      button(message(language, id), id === choice.window, () => choose({ window: id })),
    ),
  );
  byId('languages').replaceChildren(
    ...(['en', 'zh'] as const).map((id) =>
      button(languages[id], id === language, () => choose({ language: id })),
    ),
  );
  setText(byId('footnote'), message(language, 'footnote'));
  if (!model) return;
  model = { ...model, language };
  setText(byId('plant-name'), model.plant.enterprise.name[language]);
  root.replaceChildren(...buildPage(model));
}

async function refresh(): Promise<void> {
  if (!model) {
    const [plant, catalogue] = await Promise.all([api.plant(), api.catalogue()]);
    model = { plant, catalogue, language: choice.language };
    draw();
  }
  const shown = model;
  const enterprise = shown.plant.enterprise.scope;
  const window = await currentWindow(choice.window, enterprise);
  const machines = linesOf(shown.plant).flatMap((line) => line.machines);
  await Promise.all([
    ...[enterprise, ...machines.map((machine) => machine.scope)].map(async (scope) => {
      fillFigures(root, shown, await api.kpis(scope, window));
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
  showFreshness(true);
}

function showFreshness(fresh: boolean): void {
  const place = byId('freshness');
  place.classList.toggle('stale', !fresh);
  const clock = formatClock(new Date(), model ? timeZoneOf(model.plant) : 'UTC', choice.language);
  setText(
    place,
    fresh ? `${message(choice.language, 'updated')} ${clock}` : message(choice.language, 'offline'),
  );
}

/** Refreshes when the service says that something changed, at most every 2 s and at least every 5 s. */
async function keepFresh(): Promise<never> {
  for (;;) {
    await refresh().catch(() => {
      showFreshness(false);
    });
    await pause(leastPauseMs);
    await Promise.race([
      pause(longestPauseMs - leastPauseMs),
      new Promise<void>((resolve) => (wake = resolve)),
    ]);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

draw();
api.onUpdate(() => wake?.());
void keepFresh();
