import { type MachineObservation, storedTime, type Value } from '@benchline/model';
import {
  encodeFields,
  encodePoint,
  encodeSeries,
  encodeTime,
  type FieldValue,
} from '../line-protocol/index.ts';
import type { KpiPoint, MachineGap, ObservedInterval, PointLocation, SignalPlacement } from '../port.ts';

/**
 * How telemetry lies in InfluxDB; the table in the package's README says the same for people. One field per
 * kind of value, since a field has one type for ever. `kind` names the fields that hold for a point: when an
 * identity is delivered again after its mapping changed, InfluxDB keeps the fields of both.
 */
export const observationFields = [
  'number',
  'integer',
  'text',
  'flag',
  'native_number',
  'native_integer',
  'native_text',
  'native_flag',
  'kind',
  'status',
  'ordinal',
  'gateway_time_ns',
  'mapping',
] as const;

const kindOf = { number: 'number', bigint: 'integer', string: 'text', boolean: 'flag' } as const;

/** `number`, `none`, `text<integer`: the kind of the value, then that of the native value where there is one. */
function kindsOf(value: Value | undefined, native: Value | undefined): string {
  const kind = value === undefined ? 'none' : kindOf[typeof value as keyof typeof kindOf];
  return native === undefined ? kind : `${kind}<${kindOf[typeof native as keyof typeof kindOf]}`;
}

export function observationSeries(o: MachineObservation, { measurement, location }: SignalPlacement): string {
  return encodeSeries(measurement, {
    ...levels(location),
    machine: o.machine,
    signal: o.signal,
    source: o.source,
    gateway: o.gateway,
  });
}

export function observationLine(series: string, o: MachineObservation): string {
  const fields: Record<string, FieldValue | undefined> = {};
  if (o.value !== undefined) fields[kindOf[typeof o.value as keyof typeof kindOf]] = o.value;
  if (o.native !== undefined) fields[`native_${kindOf[typeof o.native as keyof typeof kindOf]}`] = o.native;
  fields['kind'] = kindsOf(o.value, o.native);
  fields['status'] = BigInt(o.status);
  fields['ordinal'] = BigInt(o.ordinal);
  fields['gateway_time_ns'] = o.gateway_time_ns;
  fields['mapping'] = o.mapping;
  return `${series} ${encodeFields(fields)} ${encodeTime(storedTime(o))}`;
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

const scopeLevels = ['enterprise', 'site', 'area', 'line', 'machine'] as const;

/** Every KPI has its two fields in every point, so that an upsert leaves nothing of the revision before. */
export function kpiLine(point: KpiPoint): string {
  const path = point.scope.split('/');
  const tags: Record<string, string> = { scope: point.scope, period: point.period };
  for (const [depth, level] of scopeLevels.entries()) if (path[depth]) tags[level] = path[depth];
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

function levels(location: PointLocation | undefined): Record<string, string> {
  if (!location) return {};
  const { enterprise, site, area, line } = location;
  return { enterprise, site, area, line };
}
