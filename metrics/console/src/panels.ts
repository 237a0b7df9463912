import { element } from './dom.ts';

/** A titled part of a page; `id` is how tests and links find it. */
export function panel(
  { id, title, badge = '' }: { id: string; title: string; badge?: string },
  ...content: Node[]
): HTMLElement {
  const heading = element('h2', {}, title);
  if (badge) heading.append(element('span', { class: 'badge' }, badge));
  return element('section', { class: 'panel', 'data-panel': id }, heading, ...content);
}

export interface Bar {
  id: string;
  name: string;
  /** Parts of the widest bar: where it begins, and how long it is. */
  from: number;
  length: number;
  kind: 'rest' | 'loss' | 'negative';
  amount: string;
  title: string;
}

export function barList(bars: readonly Bar[]): HTMLElement {
  const percent = (share: number) => `${(100 * share).toFixed(3)}%`;
  const list = element('div', { class: 'bars' });
  for (const { id, name, from, length, kind, amount, title } of bars) {
    const stretch = element('span', { class: kind });
    // By the object, not by an attribute: the service's content security policy takes no inline styles.
    Object.assign(stretch.style, { left: percent(from), width: percent(length) });
    list.append(
      element('span', { class: kind, 'data-bar': id }, name),
      element('div', { class: 'track', title }, ...(length === 0 ? [] : [stretch])),
      element('span', { class: 'amount', title }, amount),
    );
  }
  return list;
}
