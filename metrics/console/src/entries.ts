import { api, type Window } from './api.ts';
import { barChoice, drawBar, showFreshness } from './bar.ts';
import { byId, element, redraw, setText } from './dom.ts';
import { enter, entriesOf, type Said } from './entry-api.ts';
import { clear, countForm, type FormParts, moveToNow, orderForms, stopForm, typedIn } from './entry-forms.ts';
import { type EntryMessageId, entryMessage } from './entry-messages.ts';
import { entryCells, entryTable } from './entry-table.ts';
import { nameOf, statementText } from './entry-wording.ts';
import type { EvidenceWords } from './evidence-subject.ts';
import { formatInstant, formatMoment, formatSpan, offsetOf } from './format.ts';
import { keepFresh } from './keep-fresh.ts';
import { linesOf, timeZoneOf } from './plant.ts';
import { drawTimeline } from './timeline.ts';
import type { Catalogue, EntryList, PlantView, StateList } from './types.ts';
import { currentWindow } from './windows.ts';

const query = new URLSearchParams(location.search);
const choice = {
  ...barChoice(query, 'shift'),
  machine: query.get('machine') ?? '',
};
const root = byId('page');
const panels = { stops: section(), order: section(), counts: section(), entries: section() };
/** Parts of the panel of stops: only its form stays as it is while the others are looked up anew. */
const stopParts = {
  timeline: element('canvas', { class: 'timeline', id: 'timeline', role: 'img' }),
  form: element('div'),
  list: element('div'),
};
/** So long it says that something went into the ledger; what is wrong stays until the next try. */
const outcomeMs = 10_000;
/** What came of what somebody handed in. */
const outcome = element('p', { class: 'outcome', role: 'status' });
let known: { plant: PlantView; catalogue: Catalogue } | undefined;
let shown: { list: StateList; window: Window } | undefined;
/** The stop whose form is open, by its start. */
let openStop: string | undefined;
/** The machine that the forms are of. */
let drawnFor: string | undefined;

const stopHeads = ['from', 'to', 'state', 'cause'] as const;
const entryHeads = ['entered', 'author', 'from', 'statement', 'note'] as const;

const say = (id: EntryMessageId) => entryMessage(choice.language, id);

function section(): HTMLElement {
  return element('section', { class: 'entry-panel' });
}

function choose(change: Partial<typeof choice>): void {
  Object.assign(choice, change);
  if (change.language === undefined) openStop = undefined;
  const { language: lang, ...rest } = choice;
  history.replaceState(null, '', `?${new URLSearchParams({ lang, ...rest })}`);
  draw();
  void refresh();
}

/** Draws all of it; what somebody has written into a form of the same machine stays. */
function draw(): void {
  drawBar(choice, choose);
  if (!known) return;
  setText(byId('plant-name'), known.plant.enterprise.name[choice.language]);
  drawForms(known.plant);
  drawStopForm();
}

async function refresh(): Promise<void> {
  try {
    if (!known) {
      known = await start();
      draw();
    }
    await refill();
    showFresh(true);
  } catch {
    showFresh(false);
  }
}

function showFresh(fresh: boolean): void {
  showFreshness(fresh, choice, zoneOf());
}

function zoneOf(): string {
  return known ? timeZoneOf(known.plant) : 'UTC';
}

async function start(): Promise<{ plant: PlantView; catalogue: Catalogue }> {
  const loaded = await api.known();
  const machines = linesOf(loaded.plant).flatMap((line) => line.machines);
  if (!machines.some(({ id }) => id === choice.machine)) choice.machine = machines[0]?.id ?? '';
  return loaded;
}

async function refill(): Promise<void> {
  const machine = machineOf();
  if (!known || !machine) return;
  const window = await currentWindow(choice.window, known.plant.enterprise.scope);
  const [list, entries] = await Promise.all([
    api.states(machine.id, window),
    entriesOf(machine.scope, window),
  ]);
  // Somebody has chosen another machine or window meanwhile.
  if (machine.id !== choice.machine) return;
  shown = { list, window };
  drawStops();
  moveToNow(root, zoneOf());
  drawEntries(entries, { ...known, language: choice.language });
  root.dataset['machine'] = machine.id;
}

function machineOf() {
  return (
    known &&
    linesOf(known.plant)
      .flatMap((l) => l.machines)
      .find(({ id }) => id === choice.machine)
  );
}

function drawForms(plant: PlantView): void {
  const select = element('select', { id: 'machine' });
  for (const { id, name } of linesOf(plant).flatMap((line) => line.machines))
    select.append(element('option', { value: id }, name[choice.language]));
  select.value = choice.machine;
  select.addEventListener('change', () => choose({ machine: select.value }));
  const picker = element('section', { class: 'entry-panel' }, element('label', {}, say('machine'), select));
  const parts = formParts(plant);
  const putBack = drawnFor === choice.machine ? typedIn(root) : undefined;
  drawnFor = choice.machine;
  panels.stops.replaceChildren(stopsHeading(), ...Object.values(stopParts));
  panels.order.replaceChildren(element('h2', {}, say('order')), ...orderForms(parts));
  panels.counts.replaceChildren(element('h2', {}, say('counts')), countForm(parts));
  redraw(root, picker, ...Object.values(panels), outcome);
  putBack?.(root);
}

function stopsHeading(): HTMLElement {
  const { window } = shown ?? {};
  const span = window && { from: window.from.toISOString(), to: window.to.toISOString() };
  const badge = span
    ? [element('span', { class: 'badge' }, formatSpan(span, zoneOf(), choice.language))]
    : [];
  return element('h2', {}, say('stops'), ...badge);
}

function formParts(plant: PlantView): FormParts {
  const { product } = machineOf() ?? {};
  const parts = { plant, language: choice.language, zone: timeZoneOf(plant), product };
  return { ...parts, submit: (said, form) => void hand(said, form) };
}

async function hand(said: Said, form?: HTMLFormElement): Promise<void> {
  const machine = machineOf();
  if (!machine) return;
  const from = `${formatInstant(said.from, zoneOf(), choice.language)} ${offsetOf(new Date(said.from), zoneOf())}`;
  try {
    await enter(machine.id, said);
    report([say('saved'), machine.name[choice.language], said.reason, from].join(' · '), true);
    if (form?.id === 'stop-form') {
      pickStop(undefined);
      stopParts.list.querySelector<HTMLElement>(`[data-stop="${said.from}"] button`)?.focus();
    } else if (form) clear(form, zoneOf());
    wake();
  } catch (error) {
    report(error instanceof Error ? error.message : String(error), false);
  }
}

function report(text: string, went: boolean): void {
  setText(outcome, text);
  outcome.classList.toggle('stale', !went);
  if (went) setTimeout(() => outcome.textContent === text && setText(outcome, ''), outcomeMs);
}

function pickStop(from: string | undefined): void {
  openStop = from;
  drawStops();
  drawStopForm();
  stopParts.form.querySelector('select')?.focus();
}

/** The stops of the window that the page shows, the last one first. */
function stopsShown(): StateList['states'] {
  const states = shown?.list.states ?? [];
  return states.filter(({ state }) => state !== 'producing' && state !== 'unobserved').reverse();
}

function drawStopForm(): void {
  const stop = stopsShown().find(({ from }) => from === openStop);
  if (!stop || !known) return stopParts.form.replaceChildren();
  const putBack = typedIn(stopParts.form);
  const latest = () => stopsShown().find(({ from }) => from === stop.from) ?? stop;
  const about = [
    say('from'),
    formatInstant(stop.from, zoneOf(), choice.language),
    stateName(stop.state),
  ].join(' ');
  redraw(stopParts.form, element('p', { class: 'detail' }, about), stopForm(formParts(known.plant), latest));
  putBack(stopParts.form);
}

function drawStops(): void {
  if (!shown) return;
  const { list, window } = shown;
  panels.stops.querySelector('h2')?.replaceWith(stopsHeading());
  stopParts.timeline.setAttribute('aria-label', say('stops'));
  const rows = stopsShown().map((stop) => stopRow(stop, window.open && stop === list.states.at(-1)));
  redraw(
    stopParts.list,
    rows.length > 0
      ? entryTable([...stopHeads, ''], rows, choice.language)
      : element('p', {}, say('no_stops')),
  );
  drawTimeline(stopParts.timeline, list, window);
}

function stopRow(stop: StateList['states'][number], goesOn: boolean): HTMLElement {
  const pick = element('button', { type: 'button' }, say('say_why'));
  pick.addEventListener('click', () => pickStop(stop.from));
  const texts = [
    clock(stop.from),
    goesOn ? say('goes_on') : clock(stop.to),
    stateName(stop.state),
    reasonOf(stop),
  ];
  return element(
    'tr',
    { 'data-stop': stop.from, ...(stop.from === openStop && { class: 'chosen' }) },
    ...entryCells(stopHeads, texts, choice.language),
    element('td', {}, pick),
  );
}

/** Who presses a stop on the timeline says why it was. */
function pickAt({ offsetX }: MouseEvent): void {
  if (!shown) return;
  const { from, to } = shown.window;
  const at = from.getTime() + (offsetX / stopParts.timeline.clientWidth) * (to.getTime() - from.getTime());
  const hit = stopsShown().find(
    (stop) => new Date(stop.from).getTime() <= at && at < new Date(stop.to).getTime(),
  );
  if (hit) pickStop(hit.from);
}

function drawEntries(entries: EntryList['entries'], words: EvidenceWords): void {
  const rows = entries.map((entry) => {
    const gone = entry.superseded_by !== undefined;
    const row = element('tr', {
      'data-entry': entry.id,
      ...(gone && { class: 'gone', title: say('withdrawn') }),
    });
    const texts = [
      moment(entry.entered),
      entry.author,
      moment(entry.from),
      statementText(entry, words),
      entry.reason,
    ];
    row.append(...entryCells(entryHeads, texts, choice.language));
    const withdraw = element('button', { type: 'button' }, say('withdraw'));
    withdraw.addEventListener('click', () => {
      const { id: supersedes, from } = entry;
      void hand({ reason: say('withdraw'), from, supersedes, statement: { kind: 'withdrawal' } });
    });
    row.append(element('td', {}, ...(gone || entry.statement.kind === 'withdrawal' ? [] : [withdraw])));
    return row;
  });
  redraw(
    panels.entries,
    element('h2', {}, say('entries')),
    rows.length > 0
      ? entryTable([...entryHeads, ''], rows, choice.language)
      : element('p', { class: 'detail' }, say('nobody_said')),
  );
}

function reasonOf({ reason_code, native }: StateList['states'][number]): string {
  return reason_code === undefined || !known
    ? (native ?? '')
    : nameOf(reason_code, { ...known, language: choice.language });
}

function stateName(id: string): string {
  return known?.catalogue.states.find((state) => state.id === id)?.name[choice.language] ?? id;
}

function clock(instant: string): string {
  return formatInstant(instant, zoneOf(), choice.language);
}

/** With the day: what people say may be about another one. */
function moment(instant: string): string {
  return formatMoment(instant, zoneOf(), choice.language);
}

stopParts.timeline.addEventListener('click', pickAt);
draw();
const wake = keepFresh(refresh);
