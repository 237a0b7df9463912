type Child = Node | string;

/** Makes an element. Text goes in as text nodes, so nothing that comes from data is ever read as HTML. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Makes an element of a drawing. */
export function svg(tag: string, attributes: Readonly<Record<string, string>>, text = ''): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text) made.append(text);
  return made;
}

/** A list to choose from with its label; `id` is how tests and links find it. */
export function select(
  { id, label, chosen }: { id: string; label: string; chosen: string },
  options: readonly (readonly [id: string, text: string])[],
  act: (id: string) => void,
): HTMLElement {
  const list = element('select', { 'data-select': id });
  for (const [value, text] of options) list.append(element('option', { value }, text));
  list.value = chosen;
  const opens = () => list.toggleAttribute('data-open', true);
  const closes = () => list.removeAttribute('data-open');
  list.addEventListener('mousedown', opens);
  list.addEventListener('keydown', ({ key, altKey }) => {
    if ([' ', 'Enter', 'F4'].includes(key) || (altKey && key.startsWith('Arrow'))) opens();
    if (['Escape', 'Tab'].includes(key)) closes();
  });
  list.addEventListener('blur', closes);
  list.addEventListener('change', () => {
    closes();
    act(list.value);
  });
  return element('label', {}, `${label} `, list);
}

/** Whether somebody has a list of a place open, or writes into it: it is not taken away from under their hands. */
export function isInUse(place: ParentNode): boolean {
  return place.querySelector('select[data-open], input:focus, textarea:focus') !== null;
}

/** Puts other content into a place. Whoever goes through it by keyboard stays where they are. */
export function redraw(place: Element, ...content: Node[]): void {
  const { activeElement: active } = document;
  const way = active && active !== place && place.contains(active) ? wayTo(active, place) : undefined;
  place.replaceChildren(...content);
  if (!active || !way) return;
  let found: Element | undefined = place;
  for (const step of way) found = found && stepInto(found, step);
  if (found instanceof HTMLElement && found.tagName === active.tagName) found.focus({ preventScroll: true });
}

/** A child by what it is about, which outlasts a new order, or else by its place. */
interface Step {
  about: string;
  index: number;
}

const nothing = '[]';
const aboutOf = (one: Element) =>
  one instanceof HTMLElement ? JSON.stringify(Object.entries(one.dataset)) : nothing;

function wayTo(target: Element, place: Element): Step[] {
  const way: Step[] = [];
  for (let at = target; at !== place && at.parentElement; at = at.parentElement)
    way.unshift({ about: aboutOf(at), index: [...at.parentElement.children].indexOf(at) });
  return way;
}

function stepInto(place: Element, { about, index }: Step): Element | undefined {
  const children = [...place.children];
  return (
    (about === nothing ? undefined : children.find((child) => aboutOf(child) === about)) ?? children[index]
  );
}

export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/** Changes text only where it differs, so that a selection survives an update. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}
