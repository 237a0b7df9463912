import { byId, element, setText } from './dom.ts';
import { formatClock, locale } from './format.ts';
import { type MessageId, message } from './messages.ts';
import type { Language } from './types.ts';
import { type WindowId, windowIds } from './windows.ts';

const languages = { en: 'English', zh: '中文' } as const satisfies Record<Language, string>;

/** The pages of the console by their paths, in the order in which the bar names them. */
const pages: readonly (readonly [path: string, name: MessageId])[] = [
  ['/', 'page_live'],
  ['/analysis', 'page_analysis'],
  ['/energy', 'page_energy'],
  ['/compare', 'page_compare'],
  ['/entries', 'page_entries'],
];

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

/**
 * Draws what every page has at its top: the way to the others, and buttons for languages and windows; not for
 * windows where a page has others of its own.
 */
export function drawBar(
  { language, window }: Pick<BarChoice, 'language'> & Partial<BarChoice>,
  choose: (change: Partial<BarChoice>) => void,
): void {
  document.documentElement.lang = locale(language);
  const button = (text: string, chosen: boolean, act: () => void) => {
    const made = element('button', { type: 'button', 'aria-pressed': String(chosen) }, text);
    made.addEventListener('click', act);
    return made;
  };
  byId('pages').replaceChildren(
    ...pages.map(([path, name]) =>
      element(
        'a',
        {
          href: `${path}?${new URLSearchParams({ lang: language })}`,
          ...(path === location.pathname && { 'aria-current': 'page' }),
        },
        message(language, name),
      ),
    ),
  );
  if (window)
    byId('windows').replaceChildren(
      ...windowIds.map((id) => button(message(language, id), id === window, () => choose({ window: id }))),
    );
  byId('languages').replaceChildren(
    ...(['en', 'zh'] as const).map((id) =>
      button(languages[id], id === language, () => choose({ language: id })),
    ),
  );
}

/** Says until when what is shown is true: now, or no longer. */
export function showFreshness(fresh: boolean, { language }: Pick<BarChoice, 'language'>, zone: string): void {
  const place = byId('freshness');
  place.classList.toggle('stale', !fresh);
  const clock = formatClock(new Date(), zone, language);
  setText(place, fresh ? `${message(language, 'updated')} ${clock}` : message(language, 'offline'));
}
