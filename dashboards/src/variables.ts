import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { datasource, queries } from './influxql.ts';
import { type Language, words } from './words.ts';

/** One scope of the plant. */
export function scopeVariable(language: Language): dashboard.QueryVariableBuilder {
  return new dashboard.QueryVariableBuilder('scope')
    .label(words.scope[language])
    .datasource(datasource)
    .query(queries.scopes())
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
    .sort(dashboard.VariableSort.AlphabeticalAsc);
}

/** Hours, shifts or days. */
export function periodVariable(language: Language): dashboard.CustomVariableBuilder {
  return new dashboard.CustomVariableBuilder('period')
    .label(words.period[language])
    .values('hour,shift,day')
    .current({ text: 'hour', value: 'hour', selected: true });
}

/** Machines that have told a state; all of them unless chosen. */
export function machineVariable(language: Language): dashboard.QueryVariableBuilder {
  return new dashboard.QueryVariableBuilder('machine')
    .label(words.machine[language])
    .datasource(datasource)
    .query(queries.machines())
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
    .sort(dashboard.VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .current({ text: 'All', value: '$__all', selected: true });
}
