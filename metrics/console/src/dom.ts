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

export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/** Changes text only where it differs, so that a selection survives an update. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}
