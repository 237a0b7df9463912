import { api, type Window } from './api.ts';
import { barChoice, drawBar } from './bar.ts';
import { byId, element, setText } from './dom.ts';
import { enter, entriesOf, type Said } from './entry-api.ts';
import { countForm, type FormParts, orderForms, stopForm } from './entry-forms.ts';
import { type EntryMessageId, entryMessage } from './entry-messages.ts';
import { nameOf, statementText } from './entry-wording.ts';
import type { EvidenceWords } from './evidence-subject.ts';
import { formatClock, formatMoment } from './format.ts';
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
let known: { plant: PlantView; catalogue: Catalogue } | undefined;
let shown: { list: StateList; window: Window } | undefined;
/** The stop whose form is open, by its start. */
let openStop: string | undefined;

const say = (id: EntryMessageId) => entryMessage(choice.language, id);

function section(): HTMLElement {
  return element('section', { class: 'entry-panel' });
}

function choose(change: Partial<typeof choice>): void {
  Object.assign(choice, change);
  openStop = undefined;
  const { language: lang, ...rest } = choice;
  history.replaceState(null, '', `?${new URLSearchParams({ lang, ...rest })}`);
  void refresh();
}

/** The stops of the window are looked up anew; forms that somebody fills in stay as they are. */
async function refresh(): Promise<void> {
  try {
    known ??= await start();
    drawBar(choice, choose);
    setText(byId('plant-name'), known.plant.enterprise.name[choice.language]);
    drawForms(known.plant);
    await refill();
  } catch (error) {
    report(error);
  }
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
  shown = { list, window };
  // Whoever names a stop would lose what is filled in, and the form from under the pointer.
  if (openStop === undefined) drawStops();
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
  panels.order.replaceChildren(element('h2', {}, say('order')), ...orderForms(parts));
  panels.counts.replaceChildren(element('h2', {}, say('counts')), countForm(parts));
  root.replaceChildren(picker, ...Object.values(panels));
}

function formParts(plant: PlantView): FormParts {
  const { product } = machineOf() ?? {};
  const parts = { plant, language: choice.language, zone: timeZoneOf(plant), product };
  return { ...parts, submit: (said) => void hand(said) };
}

async function hand(said: Said): Promise<void> {
  const machine = machineOf();
  if (!machine) return;
  try {
    await enter(machine.id, said);
    openStop = undefined;
    setText(byId('freshness'), say('saved'));
    byId('freshness').classList.remove('stale');
  } catch (error) {
    report(error);
  }
}

function report(error: unknown): void {
  setText(byId('freshness'), error instanceof Error ? error.message : String(error));
  byId('freshness').classList.add('stale');
}

function pickStop(from: string): void {
  openStop = from;
  drawStops();
}

function drawStops(): void {
  if (!known || !shown) return;
  const { list, window } = shown;
  const { plant } = known;
  const stops = list.states.filter(({ state }) => state !== 'producing' && state !== 'unobserved').reverse();
  const canvas = element('canvas', {
    class: 'timeline',
    id: 'timeline',
    role: 'img',
    'aria-label': say('stops'),
  });
  canvas.addEventListener('click', (event) => {
    const share = event.offsetX / canvas.clientWidth;
    const at = window.from.getTime() + share * (window.to.getTime() - window.from.getTime());
    const hit = stops.find(({ from, to }) => new Date(from).getTime() <= at && at < new Date(to).getTime());
    if (hit) pickStop(hit.from);
  });
  const rows = stops.map((stop) => {
    const row = element('tr', { 'data-stop': stop.from, ...(stop.from === openStop && { class: 'chosen' }) });
    const pick = element('button', { type: 'button' }, say('say_why'));
    pick.addEventListener('click', () => pickStop(stop.from));
    row.append(
      ...[clock(stop.from), clock(stop.to), stateName(stop.state), reasonOf(stop)].map((text) =>
        element('td', {}, text),
      ),
      element('td', {}, pick),
    );
    return row;
  });
  const stop = stops.find(({ from }) => from === openStop);
  panels.stops.replaceChildren(
    element('h2', {}, say('stops')),
    canvas,
    ...(stop ? [stopForm(formParts(plant), stop)] : []),
    rows.length > 0
      ? table(['from', 'to', 'state', 'cause', 'say_why'], rows)
      : element('p', {}, say('no_stops')),
  );
  drawTimeline(canvas, list, window);
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
    row.append(...texts.map((text) => element('td', {}, text)));
    const withdraw = element('button', { type: 'button' }, say('withdraw'));
    withdraw.addEventListener('click', () => {
      const { id: supersedes, from } = entry;
      void hand({ reason: say('withdraw'), from, supersedes, statement: { kind: 'withdrawal' } });
    });
    row.append(element('td', {}, ...(gone || entry.statement.kind === 'withdrawal' ? [] : [withdraw])));
    return row;
  });
  panels.entries.replaceChildren(
    element('h2', {}, say('entries')),
    table(['entered', 'author', 'from', 'statement', 'note', 'withdraw'], rows),
  );
}

function table(heads: EntryMessageId[], rows: HTMLElement[]): HTMLElement {
  const head = element('tr', {}, ...heads.map((id) => element('th', { scope: 'col' }, say(id))));
  return element('table', {}, element('thead', {}, head), element('tbody', {}, ...rows));
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
  return formatClock(new Date(instant), known ? timeZoneOf(known.plant) : 'UTC', choice.language);
}

/** With the day: what people say may be about another one. */
function moment(instant: string): string {
  return formatMoment(instant, known ? timeZoneOf(known.plant) : 'UTC', choice.language);
}

void refresh();
api.follow({
  onUpdate() {
    void refill().catch(report);
  },
});
