import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { datasource, queries } from './influxql.ts';
import { type Language, words } from './words.ts';

/** One scope of the plant. */
export function scopeVariable(language: Language): dashboard.QueryVariableBuilder {
  return listed('scope', queries.scopes(), language);
}

/** Hours, shifts or days. */
export function periodVariable(language: Language): dashboard.CustomVariableBuilder {
  return new dashboard.CustomVariableBuilder('period')
    .label(words.period[language])
    .values((['hour', 'shift', 'day'] as const).map((id) => `${words[id][language]} : ${id}`).join(','))
    .current({ text: words.hour[language], value: 'hour', selected: true });
}

/** Machines that have told a state; all of them unless chosen. */
export function machineVariable(language: Language): dashboard.QueryVariableBuilder {
  return listed('machine', queries.machines(), language)
    .multi(true)
    .includeAll(true)
    .current({ text: words.all[language], value: '$__all', selected: true });
}

/** What the store lists in the time that is shown, by name. */
function listed(
  name: 'scope' | 'machine',
  query: string,
  language: Language,
): dashboard.QueryVariableBuilder {
  return new dashboard.QueryVariableBuilder(name)
    .label(words[name][language])
    .datasource(datasource)
    .query(query)
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
    .sort(dashboard.VariableSort.AlphabeticalAsc);
}
