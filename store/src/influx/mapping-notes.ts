import { type MachineObservation, nsPerDay, storedTime } from '@benchline/model';
import { encodePoint, influxTimeRange } from '../line-protocol/index.ts';
import { mappingNumber } from './about.ts';
import type { StoredObservation } from './observation-rows.ts';
import type { InfluxQl } from './query.ts';

/** So many digits of a digest are the tag of its note. */
const tagDigits = 16;

/** Notes remembered as written; forgetting one only means writing it again. */
const mostRemembered = 10_000;

type Origin = Pick<MachineObservation, 'machine' | 'source' | 'gateway'>;

/**
 * Points name their mapping by a number within machine, source and gateway, for want of room. This gives the numbers,
 * writes down what they stand for, once for every day of data, and finds it again.
 */
export class MappingNotes {
  readonly #written = new Set<string>();
  /** By origin: the digest that has a number there. */
  readonly #numbers = new Map<string, Map<number, string>>();
  /** By their first digits, as points named them before. */
  readonly #digests = new Map<string, string>();
  #known = false;
  #newest: (Origin & { mapping: string; number: number | undefined }) | undefined;

  /** Numbers are given only when it is known which ones the store's notes have given. */
  async prepare(ql: InfluxQl): Promise<void> {
    if (this.#known) return;
    await this.#read(ql);
    this.#known = true;
  }

  /** The number of an observation's mapping; undefined where it has to be written out: no digest, or its number is taken. */
  numberOf(o: MachineObservation): number | undefined {
    const newest = this.#newest;
    if (newest && o.mapping === newest.mapping && sameOrigin(o, newest)) return newest.number;
    const { machine, source, gateway, mapping } = o;
    const number = this.#number(o, mapping);
    this.#newest = { machine, source, gateway, mapping, number };
    return number;
  }

  /** The notes that some observations need and that are not known to be written: key and line. */
  missing(observations: readonly MachineObservation[]): Map<string, string> {
    const lines = new Map<string, string>();
    let before: MachineObservation | undefined;
    let from = 0n;
    let to = 0n;
    for (const o of observations) {
      const at = storedTime(o);
      if (before && o.mapping === before.mapping && sameOrigin(o, before) && at >= from && at < to) continue;
      before = o;
      from = at - (((at % nsPerDay) + nsPerDay) % nsPerDay);
      to = from + nsPerDay;
      const key = `${from} ${nameOf(o)} ${o.mapping}`;
      if (!this.#written.has(key) && this.numberOf(o) !== undefined) lines.set(key, noteLine(o, from));
    }
    return lines;
  }

  written(keys: Iterable<string>): void {
    if (this.#written.size > mostRemembered) this.#written.clear();
    for (const key of keys) this.#written.add(key);
  }

  /** The store may be another one now: what it holds is not known any more. */
  forget(): void {
    this.#written.clear();
    this.#numbers.clear();
    this.#newest = undefined;
    this.#known = false;
  }

  /** Puts whole digests in the place of what points name them by. One that no note tells of is left empty, or with its digits. */
  async complete(ql: InfluxQl, observations: readonly StoredObservation[]): Promise<MachineObservation[]> {
    if (observations.some((o) => this.#digestOf(o) === undefined)) await this.#read(ql);
    return observations.map((o) => ({
      ...o,
      mapping: this.#digestOf(o) ?? ('digits' in o.mapping ? o.mapping.digits : ''),
    }));
  }

  #number(origin: Origin, digest: string): number | undefined {
    if (!/^[0-9a-f]{64}$/.test(digest)) return undefined;
    const number = mappingNumber(digest);
    const given = this.#numbersOf(nameOf(origin));
    const holder = given.get(number) ?? digest;
    given.set(number, holder);
    return holder === digest ? number : undefined;
  }

  #digestOf({ mapping, ...origin }: StoredObservation): string | undefined {
    if ('number' in mapping) return this.#numbers.get(nameOf(origin))?.get(mapping.number);
    return 'digest' in mapping ? mapping.digest : this.#digests.get(mapping.digits);
  }

  async #read(ql: InfluxQl): Promise<void> {
    const series = await ql.select('SELECT last("digest") FROM "mapping" GROUP BY *');
    for (const { tags, rows } of series) {
      const { mapping = '', machine, source = '', gateway = '' } = tags;
      const digest = String(rows[0]?.[1] ?? mapping);
      this.#digests.set(mapping, digest);
      if (machine) this.#numbersOf(nameOf({ machine, source, gateway })).set(mappingNumber(digest), digest);
    }
  }

  #numbersOf(origin: string): Map<number, string> {
    let given = this.#numbers.get(origin);
    if (!given) this.#numbers.set(origin, (given = new Map<number, string>()));
    return given;
  }
}

function sameOrigin(a: Origin, b: Origin): boolean {
  return a.machine === b.machine && a.source === b.source && a.gateway === b.gateway;
}

function nameOf({ machine, source, gateway }: Origin): string {
  return `${machine} ${source} ${gateway}`;
}

/** At the start of a day of source time, so that a retention by age lets it go with that day's points. */
function noteLine({ machine, source, gateway, mapping }: MachineObservation, day: bigint): string {
  return encodePoint({
    measurement: 'mapping',
    tags: { machine, source, gateway, mapping: mapping.slice(0, tagDigits) },
    fields: { digest: mapping },
    time_ns: day < influxTimeRange.first_ns ? influxTimeRange.first_ns : day,
  });
}
