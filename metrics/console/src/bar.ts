import { byId, element } from './dom.ts';
import { locale } from './format.ts';
import { message } from './messages.ts';
import type { Language } from './types.ts';
import { type WindowId, windowIds } from './windows.ts';

const languages = { en: 'English', zh: '中文' } as const satisfies Record<Language, string>;

export interface BarChoice {
  language: Language;
  window: WindowId;
}

/** What a page's address says of language and window, so that a wall screen comes back as it was. */
export function barChoice(query: URLSearchParams, usual: WindowId): BarChoice {
  const language = query.get('lang') ?? navigator.language.slice(0, 2);
  const window = query.get('window');
  return {
    language: language === 'zh' ? 'zh' : 'en',
    window: windowIds.find((id) => id === window) ?? usual,
  };
}

/** Draws the buttons for windows and languages that every page has at its top. */
export function drawBar({ language, window }: BarChoice, choose: (change: Partial<BarChoice>) => void): void {
  document.documentElement.lang = locale(language);
  const button = (text: string, chosen: boolean, act: () => void) => {
    const made = element('button', { type: 'button', 'aria-pressed': String(chosen) }, text);
    made.addEventListener('click', act);
    return made;
  };
  byId('windows').replaceChildren(
    ...windowIds.map((id) => button(message(language, id), id === window, () => choose({ window: id }))),
  );
  byId('languages').replaceChildren(
    ...(['en', 'zh'] as const).map((id) =>
      button(languages[id], id === language, () => choose({ language: id })),
    ),
  );
}
