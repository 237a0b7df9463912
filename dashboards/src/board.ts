import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { periodVariable, scopeVariable } from './variables.ts';
import { type Language, words } from './words.ts';

/** Stable ids, so that links and a re-import find the board again. */
function boardUid(id: string, language: Language): string {
  return `benchline-${id}-${language}`;
}

/** A board without panels: its id, its twin in the other language, and what is chosen on every board. */
export function newBoard(
  id: string,
  title: Readonly<Record<Language, string>>,
  language: Language,
): dashboard.DashboardBuilder {
  const other: Language = language === 'en' ? 'zh' : 'en';
  return new dashboard.DashboardBuilder(title[language])
    .uid(boardUid(id, language))
    .tags(['benchline', language])
    .time({ from: 'now-24h', to: 'now' })
    .refresh('5s')
    .timezone('browser')
    .tooltip(dashboard.DashboardCursorSync.Crosshair)
    .link(
      new dashboard.DashboardLinkBuilder(words.other[language])
        .type(dashboard.DashboardLinkType.Link)
        .url(`/d/${boardUid(id, other)}`)
        .keepTime(true)
        .includeVars(true),
    )
    .withVariable(scopeVariable(language))
    .withVariable(periodVariable(language));
}
