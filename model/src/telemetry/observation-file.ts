import { createHash } from 'node:crypto';
import { z } from 'zod';
import { BenchlineError } from '../error.ts';
import { Slug } from '../slug.ts';
import { nanosecondsJson, nsFromIso } from '../time.ts';
import { type Gap, gapReasons } from './batch.ts';
import { canonicalJson, type Json } from './canonical.ts';
import { Entry, entryToJson } from './entry.ts';
import { type MachineObservation, machineObservationFromJson, machineObservationToJson } from './record.ts';
import { status as codes } from './status.ts';
import { ValueJson, valueFromJson } from './value.ts';

/**
 * One line of an observation file: what `benchline export` writes and `benchline kpi` reads. Described, with
 * examples, in `docs/observations.md`.
 */
export type ObservationFileItem =
  | { kind: 'observation'; observation: MachineObservation }
  | { kind: 'observed'; observed: Claim }
  | { kind: 'gap'; gap: Gap & { machine: string; source: string } }
  | { kind: 'entry'; entry: Entry };

/** Over (from, until] a source watched a machine: silence there means "no change". */
export interface Claim {
  machine: string;
  source: string;
  from_ns: bigint;
  until_ns: bigint;
}

/** The canonical state of a native one, null where the state table does not list it; undefined for what is no state. */
export type StateReader = (machine: string, signal: string, native: string) => string | null | undefined;

/** What a file that a person wrote may leave out. */
const unnamed = 'file';

const ClaimLine = z
  .strictObject({
    kind: z.literal('observed'),
    machine: Slug,
    source: Slug.default(unnamed),
    from_ns: nanosecondsJson,
    until_ns: nanosecondsJson,
  })
  .refine((claim) => claim.from_ns < claim.until_ns, 'from has to lie before until');

const GapLine = z
  .strictObject({
    kind: z.literal('gap'),
    machine: Slug,
    source: Slug.default(unnamed),
    from_ns: nanosecondsJson,
    to_ns: nanosecondsJson,
    reason: z.enum(gapReasons),
  })
  .refine((gap) => gap.from_ns <= gap.to_ns, 'from must not lie after to');

/**
 * Reads one line.
 * @throws BenchlineError `bad_request` saying what does not fit.
 */
export function observationFileItem(line: string, stateOf: StateReader): ObservationFileItem {
  try {
    const json = exactTimes(objectOf(line));
    const kind = json['kind'] ?? 'observation';
    assertTimes(kind, json);
    switch (kind) {
      case 'observed': {
        const { kind: _, ...observed } = ClaimLine.parse(json);
        return { kind, observed };
      }
      case 'gap': {
        const { kind: _, ...gap } = GapLine.parse(json);
        return { kind, gap };
      }
      case 'entry':
        return { kind, entry: entryOf(json) };
      case 'observation':
        return { kind, observation: observationOf(json, stateOf) };
      default:
        throw new Error(`kind ${JSON.stringify(kind)} is none of "observation", "observed", "gap", "entry"`);
    }
  } catch (cause) {
    throw new BenchlineError('bad_request', problemOf(cause), {
      hint: 'model/docs/observations.md shows each kind of line',
      cause,
    });
  }
}

/** An item as a line without its end; reading it back gives the same item. */
export function observationFileLine(item: ObservationFileItem): string {
  switch (item.kind) {
    case 'observation':
      return JSON.stringify(machineObservationToJson(item.observation));
    case 'entry':
      return JSON.stringify({ kind: item.kind, ...entryToJson(item.entry) });
    case 'observed': {
      const { machine, source, from_ns, until_ns } = item.observed;
      return JSON.stringify({
        kind: item.kind,
        machine,
        source,
        from_ns: `${from_ns}`,
        until_ns: `${until_ns}`,
      });
    }
    case 'gap': {
      const { machine, source, from_ns, to_ns, reason } = item.gap;
      return JSON.stringify({
        kind: item.kind,
        machine,
        source,
        from_ns: `${from_ns}`,
        to_ns: `${to_ns}`,
        reason,
      });
    }
  }
}

type Fields = Record<string, Json | undefined>;

/** A whole number of so many digits may be one that no double holds. */
const longNumber = /[:\s]-?\d{16,}\s*[,}]/;

/** People and other programs write counters as plain numbers, also those that a double would round. */
function unrounded(_: string, value: Json, { source }: { source?: string } = {}): Json {
  const rounded = typeof value === 'number' && source !== undefined && /^-?\d+$/.test(source);
  return rounded && source !== String(value) ? { integer: source } : value;
}

function objectOf(line: string): Fields {
  const json: unknown = longNumber.test(line) ? JSON.parse(line, unrounded) : JSON.parse(line);
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Fields;
  throw new Error('a line has to be one JSON object');
}

/** Which exact key a key with an ISO 8601 instant stands for. */
const isoKeys = {
  time: 'source_time_ns',
  from: 'from_ns',
  to: 'to_ns',
  until: 'until_ns',
  entered: 'entered_ns',
} as const;

function exactTimes(json: Fields): Fields {
  const exact: Fields = {};
  for (const [key, value] of Object.entries(json)) {
    const wanted = Object.hasOwn(isoKeys, key) ? isoKeys[key as keyof typeof isoKeys] : undefined;
    if (wanted === undefined) exact[key] = value;
    else if (typeof value !== 'string' || wanted in json)
      throw new Error(`'${key}' has to be an ISO 8601 instant with offset, and '${wanted}' left out`);
    else exact[wanted] = nsFromIso(value).toString();
  }
  return exact;
}

/** The times that no line of a kind does without. */
const timesOf = new Map<Json, readonly (keyof typeof isoKeys)[]>([
  ['observation', ['time']],
  ['observed', ['from', 'until']],
  ['gap', ['from', 'to']],
  ['entry', ['from']],
]);

function assertTimes(kind: Json, json: Fields): void {
  for (const key of timesOf.get(kind) ?? [])
    if (json[isoKeys[key]] === undefined)
      throw new Error(`'${key}' is missing: an ISO 8601 instant with offset, or '${isoKeys[key]}'`);
}

/** A person who writes a file need not say who they are, nor make up an id: the same line is the same entry. */
function entryOf({ kind: _, ...json }: Fields): Entry {
  const digest = createHash('sha256').update(canonicalJson(json)).digest('hex');
  const id = `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
  return Entry.parse({
    id,
    author: unnamed,
    reason: unnamed,
    entered_ns: json['to_ns'] ?? json['from_ns'],
    ...json,
  });
}

function observationOf({ kind: _, ...json }: Fields, stateOf: StateReader): MachineObservation {
  const { ordinal, status, source_time_ns, ...rest } = json;
  const observation: Fields = {
    source_time_ns,
    source: unnamed,
    gateway: unnamed,
    // One message about a time that cannot be read is enough.
    gateway_time_ns: typeof source_time_ns === 'string' ? source_time_ns : '0',
    mapping: '',
    ...rest,
    ...(ordinal === 0 ? {} : { ordinal }),
    ...(status === 0 ? {} : { status }),
  };
  return machineObservationFromJson(withState(observation, stateOf));
}

/** A state may be given by what the controller said alone; the plant's state table then says what it means. */
function withState(json: Fields, stateOf: StateReader): Fields {
  const { machine, signal, value, native, status } = json;
  if (value !== undefined || status !== undefined || native === undefined) return json;
  if (typeof machine !== 'string' || typeof signal !== 'string') return json;
  // As a gateway does it: a number is read as its text, and what the table does not list is no state, and is kept.
  const text = String(valueFromJson(ValueJson.parse(native)));
  const state = stateOf(machine, signal, text);
  if (state === null) return { ...json, native: text, status: codes.badOutOfRange };
  return state === undefined ? json : { ...json, native: text, value: state };
}

function problemOf(cause: unknown): string {
  if (cause instanceof z.ZodError)
    return cause.issues
      .map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': '))
      .join('; ');
  return cause instanceof Error ? cause.message : String(cause);
}
