import { element, svg } from './dom.ts';

/** A titled part of a page; `id` is how tests and links find it. */
export function panel(
  { id, title, badge = '' }: { id: string; title: string; badge?: string | Node },
  ...content: Node[]
): HTMLElement {
  const heading = element('h2', {}, title);
  if (badge) heading.append(element('span', { class: 'badge' }, badge));
  return element('section', { class: 'panel', 'data-panel': id }, heading, ...content);
}

/** Charts are drawn as wide as there is room, so that their texts stay readable on a phone. */
export const chartWidth = Math.min(900, Math.max(320, document.documentElement.clientWidth - 80));

/** When a chart begins and ends, below its ends. */
export function timeLabels(
  [first, last]: readonly (string | undefined)[],
  { left, right, y }: { left: number; right: number; y: number },
): SVGElement[] {
  const at = (x: number, anchor: 'start' | 'end', text: string) =>
    svg('text', { x: String(x), y: String(y), 'text-anchor': anchor }, text);
  return [...(first ? [at(left, 'start', first)] : []), ...(last ? [at(right, 'end', last)] : [])];
}

export interface Bar {
  id: string;
  name: string;
  /** Parts of the widest bar: where it begins, and how long it is. */
  from: number;
  length: number;
  kind: 'rest' | 'loss' | 'negative';
  /** As text, or as what shows its evidence. */
  amount: string | HTMLElement;
  title: string;
}

/** A stretch of a track by its ends, in parts of the whole; without a length it is a mark. */
export interface Stretch {
  class: string;
  from: number;
  length?: number;
}

/** A track with stretches on it. */
export function track(stretches: readonly Stretch[], title?: string): HTMLElement {
  const percent = (share: number) => `${(100 * share).toFixed(3)}%`;
  const made = element('div', { class: 'track', ...(title !== undefined && { title }) });
  for (const { class: kind, from, length } of stretches) {
    const stretch = element('span', { class: kind });
    // By the object, not by an attribute: the service's content security policy takes no inline styles.
    Object.assign(stretch.style, {
      left: percent(from),
      ...(length !== undefined && { width: percent(length) }),
    });
    made.append(stretch);
  }
  return made;
}

export function barList(bars: readonly Bar[]): HTMLElement {
  const list = element('div', { class: 'bars' });
  for (const { id, name, from, length, kind, amount, title } of bars)
    list.append(
      element('span', { class: kind, 'data-bar': id }, name),
      track(length === 0 ? [] : [{ class: kind, from, length }], title),
      element('span', { class: 'amount', title }, amount),
    );
  return list;
}
