import {
  type DeclaredInput,
  declaredInputs,
  type Entry,
  type MachineObservation,
  type Statement,
} from '@benchline/model';
import { Random } from '@benchline/simulators';
import { lostShift, type Span, windows } from './calendar.ts';
import type { SyntheticMonth } from './month.ts';

const second = 1_000_000_000n;
const hour = 3600n * second;
const day = 24n * hour;

/** Adds what people stated about a month: most of it soon, some of it late, some of it mended and taken back. */
export function withEntries(month: SyntheticMonth, seed: number, span: Span): SyntheticMonth {
  const people = new People(new Random(`${seed} people`), span, month.inTime.observations);
  for (const machine of ['mill', 'lathe', 'press'] as const) {
    people.states(machine);
    people.reasons(machine);
    people.orders(machine);
  }
  for (const machine of ['mill', 'lathe'] as const) {
    people.items(machine);
    people.causes(machine);
  }
  people.meters();
  people.inspections();
  people.declarations();
  return {
    inTime: { ...month.inTime, entries: people.soon },
    late: { ...month.late, entries: people.late },
  };
}

const states = ['producing', 'setup', 'waiting', 'fault', 'no_order', 'planned_maintenance'] as const;
const reasons = ['changeover', 'material', 'tool', 'cleaning'] as const;
const qualities = ['good', 'scrap', 'rework'] as const;
/** Of the usual list; the first is one of start-up. */
const scrapCauses = ['set-up-part', 'dimension', 'surface'] as const;

/** All that key figures are computed from. */
const inputs = (Object.keys(declaredInputs) as DeclaredInput[]).filter(
  (input) =>
    !['output_value', 'value_added', 'internal_quality_loss', 'external_quality_loss'].includes(input),
);

class People {
  readonly soon: Entry[] = [];
  readonly late: Entry[] = [];
  readonly #random: Random;
  readonly #span: Span;
  readonly #observations: readonly MachineObservation[];
  #entered: bigint;
  #count = 0;

  constructor(random: Random, span: Span, observations: readonly MachineObservation[]) {
    this.#random = random;
    this.#span = span;
    this.#observations = observations;
    this.#entered = span.to_ns;
  }

  /** What a machine did, watched or not; some of it said twice, one thing over the other. */
  states(machine: string): void {
    for (let i = 0; i < 12; i += 1) {
      const { from_ns, to_ns } = this.#stretch(9);
      // Nobody knows anything of that one.
      if (from_ns < lostShift.to_ns && to_ns + hour > lostShift.from_ns) continue;
      const state = this.#random.pick(states)!;
      const why = this.#random.unit() < 0.5 && state !== 'producing' ? this.#random.pick(reasons) : undefined;
      const first = this.#say(
        machine,
        { kind: 'state', state, ...(why && { reason_code: why }) },
        from_ns,
        to_ns,
      );
      if (i % 3 === 0) {
        const within = { from_ns: from_ns + (to_ns - from_ns) / 3n, to_ns: to_ns + hour };
        this.#say(
          machine,
          { kind: 'state', state: this.#random.pick(states)! },
          within.from_ns,
          within.to_ns,
        );
      }
      if (i % 4 === 1) this.#takeBack(first);
    }
  }

  reasons(machine: string): void {
    for (let i = 0; i < 15; i += 1) {
      const { from_ns, to_ns } = this.#stretch(4);
      const statement = { kind: 'stop_reason', reason_code: this.#random.pick(reasons)! } as const;
      const first = this.#say(machine, statement, from_ns, to_ns);
      if (i % 5 === 2)
        this.#say(machine, { ...statement, reason_code: 'tool' }, from_ns, to_ns + hour, first.id);
    }
  }

  orders(machine: string): void {
    for (let i = 0; i < 10; i += 1) {
      const { from_ns, to_ns } = this.#stretch(30);
      const product = this.#random.pick(['part', 'flange', 'shaft', 'panel'])!;
      // Two machines work on the same order now and then.
      const order = `W-${i % 4}`;
      const open = this.#random.unit() < 0.4;
      this.#say(machine, { kind: 'order', order, product }, from_ns, open ? undefined : to_ns);
      if (open) this.#say(machine, { kind: 'order_end' }, to_ns);
    }
  }

  items(machine: string): void {
    for (let i = 0; i < 12; i += 1) {
      const at = this.#instant();
      const [from, to] = [qualities[i % 3]!, qualities[(i + 1) % 3]!];
      const why = i % 3 === 1 ? {} : { cause: scrapCauses[i % 2]! };
      const first =
        i % 2 === 0
          ? this.#say(machine, { kind: 'reclassify', from, to, items: 1 + i, ...why }, at)
          : this.#say(machine, { kind: 'count_correction', good: 7 - i, scrap: i % 4, ...why }, at);
      if (i % 6 === 3) this.#takeBack(first);
    }
  }

  /** Why what was counted as scrap is scrap, start-up among it. */
  causes(machine: string): void {
    for (let i = 0; i < 24; i += 1) {
      const cause = scrapCauses[i % 3]!;
      const at = this.#instant();
      const first = this.#say(machine, { kind: 'scrap_cause', items: 1 + (i % 5), cause }, at);
      if (i % 8 === 5) this.#takeBack(first);
      if (i % 8 === 6)
        this.#say(machine, { kind: 'scrap_cause', items: 2, cause: 'set-up-part' }, at, undefined, first.id);
    }
  }

  /** Of turning, with more of its items than its counters tell; milling is judged by counters alone. */
  inspections(): void {
    for (let i = 0; i < 8; i += 1) {
      const { from_ns, to_ns } = this.#stretch(6);
      const statement = {
        kind: 'inspection',
        process: 'turning',
        submitted: 40 + i,
        passed: 33 + i,
      } as const;
      this.#say('lathe', { ...statement, defects: [] }, from_ns, to_ns);
    }
  }

  /** What no machine gives: of whole days, of halves of days, of the month, and twice of the same stretch. */
  declarations(): void {
    const halves = windows.days.flatMap(({ from_ns, to_ns }) => {
      const noon = from_ns + 11n * hour;
      return [
        { from_ns, to_ns: noon },
        { from_ns: noon, to_ns },
      ];
    });
    this.#declare('acme/north/shop/cell', windows.days);
    this.#declare('acme/north', halves);
    this.#declare('acme', windows.days.slice(3));
    this.#declare('acme', windows.months);
    this.#declare('mill', windows.days.slice(0, 9));
  }

  #declare(subject: string, stretches: readonly Span[]): void {
    for (const [at, { from_ns, to_ns }] of stretches.entries())
      for (const [i, input] of inputs.entries()) {
        // Nobody declared everything of every day.
        if ((at + i) % 11 === 7) continue;
        const value = () => Math.round(this.#random.unit() * 1e4) / 16;
        const say = (said: number) =>
          this.#say(
            subject,
            { kind: 'declared_input', input, value: said, unit: declaredInputs[input].unit },
            from_ns,
            to_ns,
          );
        const first = say(value());
        if ((at * 5 + i) % 37 === 3) say(value());
        if ((at * 5 + i) % 41 === 4) this.#takeBack(first);
      }
  }

  /** Meters that were exchanged between two readings, and some that a person read. */
  meters(): void {
    const signals = [
      ['mill', 'energy'],
      ['mill', 'fed-back'],
      ['lathe', 'energy'],
      ['lathe', 'good'],
      ['press', 'energy'],
      ['feeder', 'energy'],
    ] as const;
    for (const [machine, signal] of signals) {
      const readings = this.#observations.filter(
        (o) => o.machine === machine && o.signal === signal && o.value !== undefined,
      );
      for (let i = 0; i < 3; i += 1) {
        const at = 1 + Math.floor(this.#random.unit() * (readings.length - 2));
        const [before, after] = [readings[at], readings[at + 1]];
        if (!before || !after || before.source_time_ns < this.#span.from_ns) continue;
        const [low, high] = [Number(before.value), Number(after.value)];
        const between = before.source_time_ns + (after.source_time_ns - before.source_time_ns) / 2n + 1n;
        const middle = Math.round(((low + high) / 2) * 1000) / 1000;
        if (i === 2) this.#say(machine, { kind: 'register_reading', signal, value: middle }, between);
        else
          this.#say(
            machine,
            { kind: 'register_exchange', signal, last: middle, first: Math.round(high * 250) / 1000 },
            between,
          );
      }
    }
  }

  #say(subject: string, statement: Statement, from_ns: bigint, to_ns?: bigint, supersedes?: string): Entry {
    this.#count += 1;
    this.#entered += second;
    const entry: Entry = {
      id: `00000000-0000-4000-8000-${String(this.#count).padStart(12, '0')}`,
      author: 'anna',
      entered_ns: this.#entered,
      reason: 'what was seen',
      ...{ subject, from_ns, statement },
      ...(to_ns !== undefined && { to_ns }),
      ...(supersedes !== undefined && { supersedes }),
    };
    // What supersedes another one never comes before it.
    const late = supersedes !== undefined || this.#random.unit() < 0.3;
    (late ? this.late : this.soon).push(entry);
    return entry;
  }

  #takeBack({ subject, from_ns, id }: Entry): void {
    this.#say(subject, { kind: 'withdrawal' }, from_ns, undefined, id);
  }

  #instant(): bigint {
    const length = Number(this.#span.to_ns - this.#span.from_ns - day);
    return this.#span.from_ns + BigInt(Math.floor(this.#random.unit() * length));
  }

  #stretch(longest_h: number): Span {
    const from_ns = this.#instant();
    return { from_ns, to_ns: from_ns + BigInt(Math.ceil(this.#random.unit() * longest_h * 3600e9)) };
  }
}
