import {
  canonicalStates,
  type KpiDefinition,
  type KpiId,
  kpiCatalogue,
  kpiTexts,
  stateCatalogue,
} from '@benchline/model';
import * as common from '@grafana/grafana-foundation-sdk/common';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as statetimeline from '@grafana/grafana-foundation-sdk/statetimeline';
import * as table from '@grafana/grafana-foundation-sdk/table';
import * as text from '@grafana/grafana-foundation-sdk/text';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import { datasource, influxql, queries } from './influxql.ts';
import { type Language, stateColors, words } from './words.ts';

const green = '#1d9a6c';
const amber = '#e2b93b';
const blue = '#3b7dd8';

/** The newest figure of a KPI. What is absent shows a dash, not the last value that there was. */
export function statPanel(kpi: KpiId, language: Language): stat.PanelBuilder {
  const definition = kpiCatalogue[kpi];
  return new stat.PanelBuilder()
    .title(definition.name[language])
    .description(descriptionOf(definition, language))
    .datasource(datasource)
    .withTarget(influxql('A', queries.newest([kpi]), 'table'))
    .withTransformation(onlyPresent(kpi))
    .unit(grafanaUnit(definition, language))
    .decimals(definition.decimals)
    .noValue('—')
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields(`/^${kpi}$/`))
    .thresholds(thresholdsOf(definition))
    .colorMode(common.BigValueColorMode.Value)
    .graphMode(common.BigValueGraphMode.None)
    .height(4);
}

/** Drops the row unless the KPI's status says that its value counts. */
function onlyPresent(kpi: KpiId): dashboard.DataTransformerConfig {
  const isPresent = { id: 'regex', options: { value: '^(ok|partial)$' } };
  return {
    id: 'filterByValue',
    options: { type: 'include', match: 'any', filters: [{ fieldName: `${kpi}_status`, config: isPresent }] },
  };
}

/** One or more KPIs of a scope over time, at the starts of their periods. */
export function trendPanel(
  title: string,
  kpis: readonly KpiId[],
  language: Language,
): timeseries.PanelBuilder {
  const [first] = kpis.map((kpi) => kpiCatalogue[kpi]);
  const panel = new timeseries.PanelBuilder()
    .title(title)
    .description(kpis.map((kpi) => descriptionOf(kpiCatalogue[kpi], language)).join('\n\n'))
    .datasource(datasource)
    .drawStyle(common.GraphDrawStyle.Line)
    .lineInterpolation(common.LineInterpolation.StepAfter)
    .showPoints(common.VisibilityMode.Auto)
    .fillOpacity(8)
    .legend(
      new common.VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom),
    )
    .height(8);
  if (first) panel.unit(grafanaUnit(first, language)).decimals(first.decimals);
  kpis.forEach((kpi, i) => {
    panel.withTarget(
      influxql(
        String.fromCharCode(65 + i),
        queries.trend(kpi),
        'time_series',
        kpiCatalogue[kpi].name[language],
      ),
    );
  });
  return panel;
}

/** One bar for each shift of the window, whatever period the board shows. */
export function shiftPanel(kpi: KpiId, language: Language): timeseries.PanelBuilder {
  const definition = kpiCatalogue[kpi];
  return new timeseries.PanelBuilder()
    .title(`${definition.name[language]} · ${words.by_shift[language]}`)
    .description(descriptionOf(definition, language))
    .datasource(datasource)
    .withTarget(influxql('A', queries.trend(kpi, 'shift'), 'time_series', definition.name[language]))
    .drawStyle(common.GraphDrawStyle.Bars)
    .fillOpacity(60)
    .unit(grafanaUnit(definition, language))
    .decimals(definition.decimals)
    .height(8);
}

/** Power as machines tell it: each value holds until the next one. */
export function powerPanel(language: Language): timeseries.PanelBuilder {
  return new timeseries.PanelBuilder()
    .title(words.power[language])
    .description(words.power_holds[language])
    .datasource(datasource)
    .withTarget(influxql('A', queries.power(), 'time_series', '$tag_machine'))
    .drawStyle(common.GraphDrawStyle.Line)
    .lineInterpolation(common.LineInterpolation.StepAfter)
    .showPoints(common.VisibilityMode.Never)
    .unit('kwatt')
    .height(8);
}

/** Says where something is that the store does not hold. */
export function notePanel(title: string, content: string): text.PanelBuilder {
  return new text.PanelBuilder().title(title).mode(text.TextMode.Markdown).content(content).height(3);
}

/** Machine states over time, coloured and named by the canonical states. */
export function statesPanel(language: Language): statetimeline.PanelBuilder {
  const options = Object.fromEntries(
    canonicalStates.map((state, index) => [
      state,
      { text: stateCatalogue[state].name[language], color: stateColors[state], index },
    ]),
  );
  return new statetimeline.PanelBuilder()
    .title(words.states[language])
    .datasource(datasource)
    .withTarget(influxql('A', queries.states(), 'time_series', '$tag_machine'))
    .mappings([{ type: dashboard.MappingType.ValueToText, options }])
    .mergeValues(true)
    .showValue(common.VisibilityMode.Never)
    .rowHeight(0.8)
    .legend(
      new common.VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom),
    )
    .height(9);
}

export function gapsPanel(language: Language): table.PanelBuilder {
  return new table.PanelBuilder()
    .title(words.gaps[language])
    .datasource(datasource)
    .withTarget(influxql('A', queries.gaps(), 'table'))
    .withTransformation({
      id: 'organize',
      options: {
        renameByName: {
          Time: words.gap_from[language],
          to: words.gap_to[language],
          machine: words.machine[language],
          source: words.gap_source[language],
          reason: words.gap_reason[language],
        },
      },
    })
    .overrideByName(words.gap_to[language], [{ id: 'unit', value: 'dateTimeAsIso' }])
    .noValue('—')
    .height(8);
}

/** Where Grafana has no unit of its own, what is written behind the value. */
function grafanaUnit(definition: KpiDefinition, language: Language): string {
  const known: Partial<Record<KpiDefinition['unit'], string>> = {
    ...{ '%': 'percentunit', kWh: 'kwatth', s: 's', h: 'h', '1': 'none' },
  };
  return known[definition.unit] ?? `suffix: ${kpiTexts(definition).unit[language]}`;
}

function thresholdsOf({ target, direction }: KpiDefinition): dashboard.ThresholdsConfigBuilder {
  const builder = new dashboard.ThresholdsConfigBuilder().mode(dashboard.ThresholdsMode.Absolute);
  if (!target) return builder.steps([{ value: null, color: blue }]);
  const [below, above] = direction === 'down' ? [green, amber] : [amber, green];
  return builder.steps([
    { value: null, color: below },
    { value: target.value, color: above },
  ]);
}

function descriptionOf(definition: KpiDefinition, language: Language): string {
  const { formula, source, unit: written, target: asked } = kpiTexts(definition);
  const unit = definition.unit === '%' || definition.unit === '1' ? '' : ` [${written[language]}]`;
  const lines = [
    `${definition.name[language]}${unit}`,
    `${words.formula[language]}: ${formula[language]}`,
    `${words.source[language]}: ${source[language]}`,
  ];
  const { target } = definition;
  if (target && asked) lines.push(`${words.target[language]}: ${target.value} (${asked[language]})`);
  return lines.join('\n\n');
}
