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
  list.addEventListener('change', () => {
    // Chosen is chosen: while a list has the focus, pages take it for one that somebody has open.
    list.blur();
    act(list.value);
  });
  return element('label', {}, `${label} `, list);
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
