import { element } from './dom.ts';
import type { Said } from './entry-api.ts';
import { type EntryMessageId, entryMessage } from './entry-messages.ts';
import { offsetOf } from './format.ts';
import { instantAt, wallAt } from './local-time.ts';
import type { Language, PlantView, StateList } from './types.ts';

type Named = { id: string; name: { en: string; zh: string } };
type Stretch = StateList['states'][number];

/** What the forms of a machine are made of, and what they hand in. */
export interface FormParts {
  plant: PlantView;
  language: Language;
  /** Zone of the plant, in which the page shows its stops and takes instants. */
  zone: string;
  /** What the machine usually makes. */
  product: string | undefined;
  /** `into` is the form that it was written into. */
  submit(said: Said, into: HTMLFormElement): void;
}

/** @param latest the stop as it is known when somebody hands in why: it may have gone on since. */
export function stopForm(parts: FormParts, latest: () => Stretch): HTMLFormElement {
  const said = (data: FormData): Said => ({
    reason: text(data, 'note') || text(data, 'reason_code'),
    from: latest().from,
    to: latest().to,
    statement: { kind: 'stop_reason', reason_code: text(data, 'reason_code') },
  });
  return form('stop-form', parts, said, [
    choice(parts, 'cause', 'reason_code', parts.plant.stop_reasons),
    field(parts, 'note', { name: 'note', maxlength: '2000' }),
    button(parts, 'save'),
  ]);
}

export function orderForms(parts: FormParts): HTMLFormElement[] {
  const start = (data: FormData): Said => ({
    reason: text(data, 'order'),
    from: instant(data, parts),
    statement: {
      kind: 'order',
      order: text(data, 'order'),
      product: text(data, 'product'),
      ...(text(data, 'quantity') && { quantity: Number(text(data, 'quantity')) }),
    },
  });
  const end = (data: FormData): Said => ({
    reason: entryMessage(parts.language, 'end_order'),
    from: instant(data, parts),
    statement: { kind: 'order_end' },
  });
  return [
    form('order-form', parts, start, [
      field(parts, 'order_number', { name: 'order', required: '', maxlength: '100' }),
      choice(parts, 'product', 'product', parts.plant.products, parts.product),
      field(parts, 'quantity', { name: 'quantity', type: 'number', min: '1' }),
      at(parts),
      button(parts, 'start_order'),
    ]),
    form('order-end-form', parts, end, [at(parts), button(parts, 'end_order')]),
  ];
}

const qualities = ['good', 'scrap', 'rework'] as const;
const nothing = 'none';

/** Items that are of another quality than they were counted as, were not counted at all, or should not have been. */
export function countForm(parts: FormParts): HTMLFormElement {
  const said = (data: FormData): Said => {
    const [were, are] = [text(data, 'were'), text(data, 'are')];
    const items = Number(text(data, 'items'));
    const cause = are === 'scrap' ? { cause: text(data, 'cause') } : {};
    const statement: Said['statement'] =
      were === nothing
        ? { kind: 'count_correction', [are]: items, ...cause }
        : are === nothing
          ? { kind: 'count_correction', [were]: -items }
          : { kind: 'reclassify', from: were, to: are, items, ...cause };
    return { reason: text(data, 'note') || text(data, 'cause'), from: instant(data, parts), statement };
  };
  const were = qualityChoice(parts, 'were', 'good');
  const are = qualityChoice(parts, 'are', 'scrap');
  const cause = choice(parts, 'cause', 'cause', parts.plant.scrap_causes);
  const note = element('input', { name: 'note', maxlength: '2000' });
  const made = form('count-form', parts, said, [
    field(parts, 'items', { name: 'items', type: 'number', min: '1', required: '' }),
    element('label', {}, entryMessage(parts.language, 'were'), were),
    element('label', {}, entryMessage(parts.language, 'are'), are),
    cause,
    at(parts),
    element('label', {}, entryMessage(parts.language, 'note'), note),
    button(parts, 'save'),
  ]);
  made.addEventListener('input', () => {
    cause.hidden = are.value !== 'scrap';
    // The cause of scrap says why; anything else has to be said in words.
    note.required = cause.hidden;
    are.setCustomValidity(are.value === were.value ? entryMessage(parts.language, 'same_quality') : '');
  });
  return made;
}

function qualityChoice({ language }: FormParts, name: 'were' | 'are', chosen: string): HTMLSelectElement {
  const select = element('select', { name });
  for (const id of qualities)
    select.append(element('option', { value: id }, entryMessage(language, `quality_${id}`)));
  select.append(element('option', { value: nothing }, entryMessage(language, `${name}_none`)));
  select.value = chosen;
  return select;
}

function form(
  id: string,
  { submit }: FormParts,
  said: (data: FormData) => Said,
  children: HTMLElement[],
): HTMLFormElement {
  const made = element('form', { id }, ...children);
  made.addEventListener('submit', (event) => {
    event.preventDefault();
    const data = new FormData(made);
    // The present goes in as it is: of a wall clock's hour that comes twice, it may be the second.
    if (made.querySelector('[name=at]:not([data-written])')) data.set('at', new Date().toISOString());
    submit(said(data), made);
  });
  return made;
}

function field(
  { language }: FormParts,
  label: EntryMessageId,
  attributes: Readonly<Record<string, string>>,
): HTMLElement {
  return element('label', {}, entryMessage(language, label), element('input', attributes));
}

function choice(
  { language }: FormParts,
  label: EntryMessageId,
  name: string,
  options: Named[],
  chosen?: string,
): HTMLElement {
  const select = element('select', { name, required: '' });
  select.append(...options.map((one) => element('option', { value: one.id }, one.name[language])));
  if (chosen !== undefined) select.value = chosen;
  return element('label', {}, entryMessage(language, label), select);
}

function at(parts: FormParts): HTMLElement {
  const value = wallClock(parts.zone);
  const input = element('input', { name: 'at', type: 'datetime-local', step: '1', value, required: '' });
  input.addEventListener('input', () => input.toggleAttribute('data-written', true));
  const label = `${entryMessage(parts.language, 'at')} (${offsetOf(new Date(), parts.zone)})`;
  return element('label', { title: parts.zone }, label, input);
}

function wallClock(zone: string): string {
  return new Date(wallAt(new Date(), zone)).toISOString().slice(0, 19);
}

/** Instants that nobody has written are now, be the page open for hours. */
export function moveToNow(root: ParentNode, zone: string): void {
  for (const input of root.querySelectorAll<HTMLInputElement>('[name=at]:not([data-written])'))
    if (input !== document.activeElement) input.value = wallClock(zone);
}

/** Makes a form what it was before somebody wrote into it. */
export function clear(written: HTMLFormElement, zone: string): void {
  written.reset();
  written.querySelector('[name=at]')?.removeAttribute('data-written');
  moveToNow(written, zone);
  written.dispatchEvent(new Event('input'));
}

/** What somebody has written or chosen, by form and name, to be put back when forms are drawn in another language. */
export function typedIn(root: ParentNode): (made: ParentNode) => void {
  const places = (of: ParentNode) =>
    [...of.querySelectorAll<HTMLInputElement | HTMLSelectElement>('form [name]')].map(
      (one) => [`${one.form?.id} ${one.name}`, one] as const,
    );
  const written = new Map(
    places(root).map(([key, { value, dataset }]) => [key, { value, written: 'written' in dataset }]),
  );
  return (made) => {
    for (const [key, one] of places(made)) {
      const before = written.get(key);
      if (!before || (one.name === 'at' && !before.written)) continue;
      one.value = before.value;
      one.dispatchEvent(new Event('input', { bubbles: true }));
    }
  };
}

function button({ language }: FormParts, label: EntryMessageId): HTMLElement {
  return element('button', { type: 'submit' }, entryMessage(language, label));
}

function text(data: FormData, name: string): string {
  const value = data.get(name);
  return typeof value === 'string' ? value.trim() : '';
}

/** By the clocks of the plant, wherever the browser is. */
function instant(data: FormData, { zone }: FormParts): string {
  const written = text(data, 'at');
  return written.endsWith('Z') ? written : instantAt(Date.parse(`${written}Z`), zone).toISOString();
}
