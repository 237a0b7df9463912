import { byId, element, redraw, setText } from './dom.ts';
import { formatClock, locale, offsetOf } from './format.ts';
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
  const here = pages.find(([path]) => path === location.pathname);
  document.title = [...(here ? [message(language, here[1])] : []), 'Benchline'].join(' · ');
  // A window that somebody chose is the one that they go on with on the next page.
  const chosen = window && new URLSearchParams(location.search).has('window') ? { window } : undefined;
  redraw(
    byId('pages'),
    ...pages.map(([path, name]) =>
      element(
        'a',
        {
          href: `${path}?${new URLSearchParams({ lang: language, ...chosen })}`,
          ...(path === location.pathname && { 'aria-current': 'page' }),
        },
        message(language, name),
      ),
    ),
  );
  if (window)
    redraw(
      byId('windows'),
      ...windowIds.map((id) => button(message(language, id), id === window, () => choose({ window: id }))),
    );
  redraw(
    byId('languages'),
    ...(['en', 'zh'] as const).map((id) =>
      button(languages[id], id === language, () => choose({ language: id })),
    ),
  );
}

/** A page that renews its figures every few seconds is behind when it has not for so long. */
const usualPatienceMs = 45_000;
let patience: ReturnType<typeof setTimeout> | undefined;

/** Says until when what is shown is true: now, no longer, or, when no answer comes at all, since when it is old. */
export function showFreshness(
  fresh: boolean,
  { language }: Pick<BarChoice, 'language'>,
  zone: string,
  patienceMs = usualPatienceMs,
): void {
  const place = byId('freshness');
  const now = new Date();
  const clock = `${formatClock(now, zone, language)} ${offsetOf(now, zone)}`;
  const say = (text: string, stale: boolean) => {
    setText(place, text);
    place.classList.toggle('stale', stale);
  };
  say(fresh ? `${message(language, 'updated')} ${clock}` : message(language, 'offline'), !fresh);
  clearTimeout(patience);
  if (fresh) patience = setTimeout(() => say(`${message(language, 'old')} ${clock}`, true), patienceMs);
}
