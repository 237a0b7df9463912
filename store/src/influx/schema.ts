import { type Entry, entryToJson, type MachineObservation } from '@benchline/model';
import { encodePoint, encodeSeries, type FieldValue } from '../line-protocol/index.ts';
import type { KpiPoint, MachineGap, ObservedInterval, PointLocation, SignalPlacement } from '../port.ts';

/**
 * How telemetry lies in InfluxDB; the table in the package's README says the same for people. One field per
 * kind of value, since a field has one type for ever. What has its usual value is left out: every field of a
 * point costs the server about as much as the value itself.
 */
export function observationSeries(o: MachineObservation, { measurement, location }: SignalPlacement): string {
  return encodeSeries(measurement, {
    ...levels(location),
    machine: o.machine,
    signal: o.signal,
    source: o.source,
    gateway: o.gateway,
  });
}

export function observedLine(interval: ObservedInterval, location: PointLocation | undefined): string {
  return encodePoint({
    measurement: 'observed',
    tags: { ...levels(location), machine: interval.machine, source: interval.source },
    fields: { from_ns: interval.from_ns },
    time_ns: interval.until_ns,
  });
}

/** The reason is a tag: two gaps of different reason may begin at the same instant. */
export function gapLine(gap: MachineGap, location: PointLocation | undefined): string {
  return encodePoint({
    measurement: 'gap',
    tags: { ...levels(location), machine: gap.machine, source: gap.source, reason: gap.reason },
    fields: { to_ns: gap.to_ns },
    time_ns: gap.from_ns,
  });
}

/**
 * At the instant at which it was entered, which no other entry about the same subject has: many may speak of the
 * same instant, and a tag for each would be a series for each.
 */
export function entryLine(entry: Entry, location: PointLocation | undefined): string {
  const { subject, statement, author, reason, from_ns, to_ns = from_ns } = entry;
  return encodePoint({
    measurement: 'entry',
    tags: { ...(location ? levels(location) : levelsOf(subject)), subject, kind: statement.kind },
    fields: { author, reason, from_ns, to_ns, entry: JSON.stringify(entryToJson(entry)) },
    time_ns: entry.entered_ns,
  });
}

const scopeLevels = ['enterprise', 'site', 'area', 'line', 'machine'] as const;

/** Every KPI has its two fields in every point, so that an upsert leaves nothing of the revision before. */
export function kpiLine(point: KpiPoint): string {
  const tags = { scope: point.scope, period: point.period, ...levelsOf(point.scope) };
  const fields: Record<string, FieldValue> = {};
  for (const [id, figure] of Object.entries(point.figures)) {
    fields[id] = figure.value ?? 0;
    fields[`${id}_status`] = figure.status;
  }
  fields['to_ns'] = point.to_ns;
  fields['revision'] = BigInt(point.revision);
  fields['provisional'] = point.provisional;
  return encodePoint({ measurement: 'kpi', tags, fields, time_ns: point.from_ns });
}

function levelsOf(scope: string): Record<string, string> {
  const path = scope.split('/');
  return Object.fromEntries(
    scopeLevels.slice(0, path.length).map((level, depth) => [level, path[depth] ?? '']),
  );
}

function levels(location: PointLocation | undefined): Record<string, string> {
  if (!location) return {};
  const { enterprise, site, area, line } = location;
  return { enterprise, site, area, line };
}
