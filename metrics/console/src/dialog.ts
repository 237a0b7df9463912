import { element } from './dom.ts';
import { evidenceMessage } from './evidence-messages.ts';
import type { Language } from './types.ts';

/** A figure that shows where it comes from when somebody asks: by mouse, by touch or by keyboard. */
export function figureButton(text: string, language: Language, open: () => void): HTMLButtonElement {
  const title = evidenceMessage(language, 'show');
  const button = element('button', { type: 'button', class: 'figure', title }, text);
  button.addEventListener('click', open);
  return button;
}

interface Shown {
  /** How tests find it: what it is the evidence of. */
  of: string;
  title: string;
  value: string;
  unit?: string;
  language: Language;
}

/** Opens a dialog about a figure. Escape, its button and a click beside it close it. */
export function openDialog({ of, title, value, unit = '', language }: Shown, ...content: Node[]): void {
  const label = evidenceMessage(language, 'close');
  const close = element('button', { type: 'button', class: 'close', 'aria-label': label }, '✕');
  const dialog = element(
    'dialog',
    { class: 'evidence', 'aria-labelledby': 'evidence-title', 'data-evidence-of': of },
    element('header', {}, element('h2', { id: 'evidence-title' }, title), close),
    element('p', { class: 'big' }, value, element('small', {}, unit)),
    ...content,
  );
  close.addEventListener('click', () => dialog.close());
  // A click beside it is one on the dialog itself, and not on anything in it.
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog) dialog.close();
  });
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** What is known about a figure, for a list of facts; `id` is how tests find it. */
export function fact(name: string, id: string, text: string, note = ''): HTMLElement[] {
  const small = note ? [element('small', {}, note)] : [];
  return [element('dt', {}, name), element('dd', { 'data-evidence': id }, text, ...small)];
}
