import { api } from './api.ts';
import { drawBar, showFreshness } from './bar.ts';
import { addressOf, type CompareChoice, choiceFrom, knownKpis } from './compare-choice.ts';
import { compareForm } from './compare-form.ts';
import { type CompareMessageId, compareMessage } from './compare-messages.ts';
import { comparePanels } from './compare-view.ts';
import { type Span, windowsOf } from './compare-windows.ts';
import { byId, element, isInUse, redraw, setText } from './dom.ts';
import { colon, formatSpan } from './format.ts';
import { wallAt } from './local-time.ts';
import { pause } from './pause.ts';
import { linesOf, scopesOf, timeZoneOf } from './plant.ts';
import type { Catalogue, Comparison, PlantView } from './types.ts';

const everyMs = 60_000;
const dayMs = 86_400_000;

let choice = choiceFrom(new URLSearchParams(location.search));
const root = byId('page');
const places = {
  form: element('div'),
  said: element('div', { class: 'said' }),
  panels: element('div', { class: 'panels' }),
};
let known: { plant: PlantView; catalogue: Catalogue } | undefined;
/** What was last answered, drawn again at once when the language changes. */
let answered: { comparison: Comparison; question: URLSearchParams } | undefined;
/** A newer choice makes what is on its way for an older one worthless. */
let turn = 0;

function choose(change: Partial<CompareChoice>): void {
  choice = { ...choice, ...change };
  if (choice.mode === 'shifts' && choice.grain !== 'whole') choice = { ...choice, grain: 'shift' };
  if (choice.preset === 'custom' && !choice.from) choice = { ...choice, ...lastDay() };
  history.replaceState(null, '', addressOf(choice));
  drawAll();
  // Another language needs no other figures.
  if (Object.keys(change).some((key) => key !== 'language')) void refresh();
}

/** A custom window begins as yesterday, by the plant's wall clock. */
function lastDay(): Pick<CompareChoice, 'from' | 'to'> {
  const zone = zoneOf();
  const today = new Date(wallAt(new Date(), zone)).toISOString().slice(0, 10);
  const yesterday = new Date(Date.parse(today) - dayMs).toISOString().slice(0, 10);
  return { from: `${yesterday}T00:00`, to: `${today}T00:00` };
}

function zoneOf(): string {
  return known ? timeZoneOf(known.plant) : 'UTC';
}

/** The scopes that are compared: those chosen, or what shows something at once. */
function scopesNow({ plant }: { plant: PlantView }): string[] {
  const all = new Set(scopesOf(plant).map(({ scope }) => scope));
  const chosen = choice.scopes.filter((scope) => all.has(scope));
  const line = linesOf(plant).toSorted((a, b) => b.machines.length - a.machines.length)[0];
  if (choice.mode === 'machines' && chosen.length < 2)
    return [...chosen, ...(line?.machines ?? []).map(({ scope }) => scope)].slice(0, 20);
  const [first = line?.scope ?? plant.enterprise.scope] = chosen;
  return choice.mode === 'machines' ? chosen : [first];
}

async function refresh(): Promise<void> {
  turn += 1;
  const mine = turn;
  try {
    if (!known) {
      known = await api.known();
      drawAll();
    }
    const scopes = scopesNow(known);
    const windows = await windowsOf(choice, { scope: scopes[0] ?? '', zone: zoneOf(), now: new Date() });
    if (mine !== turn) return;
    if (!windows) return say(compareMessage(choice.language, 'no_window'));
    const question = questionOf(scopes, windows, known.catalogue);
    if (!answered) say(compareMessage(choice.language, 'waiting'));
    const response = await fetch(`/api/v1/compare?${question}`);
    const body = (await response.json()) as Comparison & { detail?: string; hint?: string };
    if (mine !== turn) return;
    if (!response.ok)
      return say([body.detail ?? String(response.status), body.hint].filter(Boolean).join(' → '));
    answered = { comparison: body, question };
    say('');
    drawAll();
    root.dataset['to'] = windows.at(-1)?.to.toISOString() ?? '';
    showFreshness(true, choice, zoneOf(), 2 * everyMs);
  } catch {
    if (mine === turn) showFreshness(false, choice, zoneOf());
  }
}

function questionOf(
  scopes: readonly string[],
  windows: readonly Span[],
  catalogue: Catalogue,
): URLSearchParams {
  const question = new URLSearchParams();
  for (const scope of scopes) question.append('scope', scope);
  for (const { from, to } of windows) question.append('window', `${from.toISOString()}/${to.toISOString()}`);
  for (const kpi of knownKpis(choice, catalogue)) question.append('kpi', kpi);
  if (choice.mode === 'shifts') question.set('split', 'shift');
  if (choice.grain !== 'whole') question.set('grain', choice.grain);
  return question;
}

/** What stands instead of figures, or nothing. */
function say(text: string): void {
  if (text) answered = undefined;
  places.said.replaceChildren(...(text ? [element('p', { class: 'panel', role: 'status' }, text)] : []));
  if (text) places.panels.replaceChildren();
  root.dataset['said'] = text;
}

function drawAll(): void {
  const { language } = choice;
  drawBar({ language }, ({ language: next }) => next && choose({ language: next }));
  if (!known) return;
  setText(byId('plant-name'), known.plant.enterprise.name[language]);
  drawForm(known);
  if (!answered) return;
  const { comparison, question } = answered;
  const open = openDetails(places.panels);
  const kpis = knownKpis(choice, known.catalogue).filter((kpi) => comparison.sides[0]?.figures[kpi]);
  const panels =
    comparison.sides.length > 0
      ? comparePanels({ ...known, language, kpis, comparison })
      : [element('p', { class: 'panel', role: 'status' }, compareMessage(language, 'no_shifts'))];
  reopen(panels, open);
  redraw(places.panels, links(question), ...panels);
}

function drawForm({ plant, catalogue }: NonNullable<typeof known>): void {
  // Whoever fills in a date goes on to its next part.
  if (places.form.querySelector('[data-moment]:focus')) return;
  const form = compareForm({ plant, catalogue, choice, scopes: scopesNow({ plant }), choose });
  reopen([form], openDetails(places.form));
  redraw(places.form, form);
}

/** Which parts of a place are unfolded, by their order. */
function openDetails(place: HTMLElement): boolean[] {
  return [...place.querySelectorAll('details')].map(({ open }) => open);
}

function reopen(made: readonly HTMLElement[], open: readonly boolean[]): void {
  for (const [i, details] of made.flatMap((one) => [...one.querySelectorAll('details')]).entries())
    details.open = open[i] ?? false;
}

/** What the figures are of, what is shown as files, and the address that shows it again. */
function links(question: URLSearchParams): HTMLElement {
  const { language } = choice;
  const word = (id: CompareMessageId) => compareMessage(language, id);
  const file = (format: 'csv' | 'xlsx') => {
    const query = new URLSearchParams([...question, ['format', format], ['lang', language]]);
    const href = `/api/v1/compare/table?${query}`;
    return element('a', { href, download: '', 'data-download': format }, format.toUpperCase());
  };
  return element(
    'p',
    { class: 'links' },
    element('span', {}, `${word('window')}${colon(language)}${windowText(question)}`),
    `${word('download')}${colon(language)}`,
    file('csv'),
    file('xlsx'),
    element('a', { href: addressOf(choice), 'data-link': '' }, word('link')),
  );
}

/** The window that is compared; those it is compared with stand beside their figures. */
function windowText(question: URLSearchParams): string {
  const [from = '', to = ''] = question.getAll('window').at(-1)?.split('/') ?? [];
  return formatSpan({ from, to }, zoneOf(), choice.language);
}

async function keepFresh(): Promise<never> {
  for (;;) {
    // A list that somebody has open, or evidence, is not taken away from under their hands.
    if (!document.querySelector('dialog[open]') && !isInUse(root)) await refresh();
    await pause(everyMs);
  }
}

root.replaceChildren(...Object.values(places));
drawAll();
void keepFresh();
