import type { KpiId } from '@benchline/model';
import type * as cog from '@grafana/grafana-foundation-sdk/cog';

/** The provisioned data source, see provisioning/datasources. */
export const datasource = { type: 'influxdb', uid: 'benchline' } as const;

/** Field of the state measurement that holds the canonical state. */
const stateField = 'text';

/**
 * Every InfluxQL text on the boards. Names are the store's own; only the values of board variables come from a
 * reader, and they are ids of the plant.
 */
export const queries = {
  /** The newest point of a scope and period, with its status beside each value: an absent figure must not look old. */
  newest: (kpis: readonly KpiId[]) =>
    `SELECT ${kpis.map((kpi) => `"${kpi}", "${kpi}_status"`).join(', ')} FROM "kpi" ` +
    `WHERE "scope" = '$scope' AND "period" = '$period' AND $timeFilter ORDER BY time DESC LIMIT 1`,
  /** All values of a KPI that were there, of the chosen period unless one is named. */
  trend: (kpi: KpiId, period: string = '$period') =>
    `SELECT "${kpi}" FROM "kpi" WHERE "scope" = '$scope' AND "period" = '${period}' AND ` +
    `("${kpi}_status" = 'ok' OR "${kpi}_status" = 'partial') AND $timeFilter`,
  /** State changes, from a day before the window on, so that the state at its left edge is known. */
  states: () =>
    `SELECT "${stateField}" FROM "state" WHERE "machine" =~ /^$machine$/ AND ` +
    `time >= \${__from}ms - 1d AND time <= \${__to}ms GROUP BY "machine"`,
  /** What machines said of their power, in kW, from a day before the window on for the same reason. */
  power: () =>
    `SELECT "number" FROM "signal" WHERE "signal" = 'power' AND "machine" =~ /^$machine$/ AND ` +
    `time >= \${__from}ms - 1d AND time <= \${__to}ms GROUP BY "machine"`,
  /** What nobody observed, from its start on, with its end in milliseconds as Grafana takes instants. */
  gaps: () =>
    `SELECT "to_ns" / 1000000 AS "to", "machine", "source", "reason" FROM "gap" WHERE $timeFilter ORDER BY time DESC LIMIT 200`,
  scopes: () => 'SHOW TAG VALUES FROM "kpi" WITH KEY = "scope"',
  machines: () => 'SHOW TAG VALUES FROM "state" WITH KEY = "machine"',
} as const;

/** A raw InfluxQL query as Grafana's InfluxDB data source stores it; the SDK has no module for it. */
export function influxql(
  refId: string,
  query: string,
  resultFormat: 'time_series' | 'table',
  alias?: string,
): cog.Builder<cog.Dataquery> {
  const target = {
    refId,
    datasource,
    query,
    rawQuery: true,
    resultFormat,
    ...(alias === undefined ? {} : { alias }),
  };
  return { build: () => target as unknown as cog.Dataquery };
}
