import { element } from './dom.ts';
import type { Said } from './entry-api.ts';
import { type EntryMessageId, entryMessage } from './entry-messages.ts';
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
  submit(said: Said): void;
}

export function stopForm(parts: FormParts, stop: Stretch): HTMLFormElement {
  const said = (data: FormData): Said => ({
    reason: text(data, 'note') || text(data, 'reason_code'),
    from: stop.from,
    to: stop.to,
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
    submit(said(new FormData(made)));
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
  const now = new Date(wallAt(new Date(), parts.zone)).toISOString().slice(0, 19);
  return field(parts, 'at', {
    title: parts.zone,
    name: 'at',
    type: 'datetime-local',
    step: '1',
    value: now,
    required: '',
  });
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
  return instantAt(Date.parse(`${text(data, 'at')}Z`), zone).toISOString();
}
