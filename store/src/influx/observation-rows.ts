import type { MachineObservation, Value } from '@benchline/model';
import { type About, holds, parseAbout, type ValueField, valueFields } from './about.ts';
import { type Cell, integer, type Series } from './query.ts';

/** The fields that are asked for, in this order. `kind` is what points had before `about`. */
export const observationFields = [
  'number',
  'integer',
  'text',
  'flag',
  'native_number',
  'native_integer',
  'native_text',
  'native_flag',
  'about',
  'status',
  'ordinal',
  'stated_time_ns',
  'gateway_time_ns',
  'mapping',
  'kind',
] as const;

/** How a point names its mapping: by a number within its origin, by its first digits, or in full. */
type MappingName = { number: number } | { digits: string } | { digest: string };

/** An observation whose mapping has still to be looked up. */
export type StoredObservation = Omit<MachineObservation, 'mapping'> & { mapping: MappingName };

interface PointFacts extends Pick<About, 'value' | 'native' | 'facts'> {
  /** Undefined where the field `gateway_time_ns` says it. */
  delay_ns: bigint | undefined;
  mapping: MappingName;
}

/** Observations from the rows of one series, read by the reader's `observationSelect`. */
export function storedObservations({ tags, rows }: Series): StoredObservation[] {
  return rows.map((row) => {
    const [time, number, integers, text, flag, nNumber, nInteger, nText, nFlag, about, ...rest] = row;
    const [status, ordinals, stated, gatewayTime, mapping, kind] = rest;
    const facts =
      about === null || about === undefined
        ? factsOfKind(String(kind ?? ''))
        : factsOfAbout(integer(about), mapping);
    const value = valueOf(facts.value, number, integers, text, flag);
    const native = valueOf(facts.native, nNumber, nInteger, nText, nFlag);
    const has = (field: keyof typeof holds) => (facts.facts & holds[field]) !== 0;
    const ordinal = has('ordinal') ? Number(ordinals) : 0;
    const { delay_ns } = facts;
    return {
      machine: tags['machine'] ?? '',
      signal: tags['signal'] ?? '',
      source_time_ns: integer(time) - BigInt(ordinal),
      ordinal,
      ...(value === undefined ? {} : { value }),
      ...(native === undefined ? {} : { native }),
      status: has('status') ? Number(status) : 0,
      ...(has('stated_time_ns') ? { stated_time_ns: integer(stated) } : {}),
      source: tags['source'] ?? '',
      gateway: tags['gateway'] ?? '',
      gateway_time_ns: delay_ns === undefined ? integer(gatewayTime) : integer(time) + delay_ns,
      mapping: facts.mapping,
    };
  });
}

function factsOfAbout(about: bigint, mapping: Cell | undefined): PointFacts {
  const { value, native, facts, delay_ns, mapping: number } = parseAbout(about);
  return {
    ...{ value, native, facts },
    delay_ns: facts & holds.gateway_time_ns ? undefined : delay_ns,
    mapping: facts & holds.mapping ? { digest: String(mapping ?? '') } : { number },
  };
}

/** A handful of kinds in a million of points. */
const knownKinds = new Map<string, PointFacts>();

/** `kind` = value[`<`native][` status`][` ordinal`][` stated`]` `first digits of the mapping's digest. */
function factsOfKind(text: string): PointFacts {
  const known = knownKinds.get(text);
  if (known) return known;
  const [kinds = '', ...rest] = text.split(' ');
  const [value, native] = kinds.split('<');
  const flags = new Set(rest.slice(0, -1));
  const facts = {
    value: fieldNamed(value),
    native: fieldNamed(native),
    facts:
      (flags.has('status') ? holds.status : 0) |
      (flags.has('ordinal') ? holds.ordinal : 0) |
      (flags.has('stated') ? holds.stated_time_ns : 0),
    delay_ns: undefined,
    mapping: { digits: rest.at(-1) ?? '' },
  };
  if (knownKinds.size > 1000) knownKinds.clear();
  knownKinds.set(text, facts);
  return facts;
}

function fieldNamed(name: string | undefined): ValueField {
  return valueFields.find((field) => field === name) ?? 'none';
}

function valueOf(field: ValueField, ...cells: (Cell | undefined)[]): Value | undefined {
  const [number, integers, text, flag] = cells;
  switch (field) {
    case 'number':
      return Number(number);
    case 'integer':
      return integer(integers);
    case 'text':
      return String(text);
    case 'flag':
      return flag === true;
    case 'none':
      return undefined;
  }
}
