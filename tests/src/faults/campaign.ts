import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeError } from '@benchline/model';
import type { FaultKind, Parameters } from './fault.ts';
import { type Drain, DrainMeter } from './oracle/drain.ts';
import { readLedger } from './oracle/ledger.ts';
import { lookOn } from './oracle/onlooker.ts';
import { Quarantined } from './oracle/quarantined.ts';
import { type Stretch, Tolls } from './oracle/tolls.ts';
import { judge, type Verdict } from './oracle/verdict.ts';
import type { FaultGroup, PlannedFault } from './plan.ts';
import type { BoxWorld } from './world/box-world.ts';
import { partNames } from './world/world.ts';

/** A fault as it was done. Seconds; `settle_s` from its group's end until all lag was gone. */
export interface DoneFault {
  kind: string;
  parameters: Parameters;
  at_s: number;
  lasted_s: number;
  settle_s: number | null;
  /** Kinds of the faults that it was done together with. */
  with: string[];
}

export interface CampaignResult extends Verdict {
  faults: DoneFault[];
  failed_starts: number;
  drain: Drain;
  /** What went wrong besides: a fault that could not be done, a system that did not settle. */
  problems: string[];
  /** The groups of faults during which something went wrong; all of them where that cannot be told. */
  suspects: FaultGroup[];
}

const settleLimit_s = 180;
const firstSettle_s = 120;
/** A fault that takes so much longer than it said is given up. */
const overtime_s = 120;
/** What a fault costs may have been said so long before it. */
const lead_ms = 10_000;
/** Windows for figures: the whole, and some between settled moments. */
const mostWindows = 8;

/** Tells a story in a world and judges what became of the data. */
export async function runCampaign(
  world: BoxWorld,
  story: readonly FaultGroup[],
  kinds: ReadonlyMap<string, FaultKind>,
  signal: AbortSignal,
): Promise<CampaignResult> {
  return await new Campaign(world, kinds, signal).run(story);
}

class Campaign {
  readonly #world: BoxWorld;
  readonly #kinds: ReadonlyMap<string, FaultKind>;
  readonly #signal: AbortSignal;
  readonly #tolls = new Tolls();
  readonly #problems: string[] = [];
  readonly #faults: DoneFault[] = [];
  /** Moments at which nothing was under way, ms since 1970. */
  readonly #marks_ms: number[] = [];
  readonly #began_ms = Date.now();
  /** When each group was done, with what went wrong in it at once. */
  readonly #done: { group: FaultGroup; from_ms: number; to_ms: number; problems: number }[] = [];
  #failedStarts = 0;

  constructor(world: BoxWorld, kinds: ReadonlyMap<string, FaultKind>, signal: AbortSignal) {
    this.#world = world;
    this.#kinds = kinds;
    this.#signal = signal;
  }

  async run(story: readonly FaultGroup[]): Promise<CampaignResult> {
    const world = this.#world;
    await world.settle(firstSettle_s, this.#signal);
    this.#mark();
    await this.#lookedOn(async () => {
      for (const group of story) {
        this.#signal.throwIfAborted();
        await this.#play(group);
      }
    });
    world.note(`restarts: ${JSON.stringify(world.restarts())}; stopping the simulators`);
    await world.stopSimulators();
    await sleep(1000);
    await this.#attempt('the end', () => world.drain(settleLimit_s, this.#signal));
    const { meter, quarantined } = await this.#readLedger();
    const verdict = await judge({
      home: world.home,
      urls: world.urls,
      tolls: this.#tolls,
      quarantined,
      windows: this.#windows(),
      boards: this.#world.boards,
    });
    return {
      ...verdict,
      faults: this.#faults,
      failed_starts: this.#failedStarts,
      drain: meter.result(),
      problems: this.#problems,
      suspects: this.#suspects(verdict),
    };
  }

  /** Does something while somebody asks for figures all the time. */
  async #lookedOn(work: () => Promise<void>): Promise<void> {
    const { home, urls } = this.#world;
    const from_ns = BigInt(this.#marks_ms[0] ?? Date.now()) * 1_000_000n;
    const over = new AbortController();
    void lookOn({ home, url: urls.metrics, from_ns }, over.signal);
    try {
      await work();
    } finally {
      over.abort();
    }
  }

  async #play(group: FaultGroup): Promise<void> {
    const [from_ms, problems] = [Date.now(), this.#problems.length];
    await this.#playGroup(group);
    const done = { group, from_ms, to_ms: Date.now(), problems: this.#problems.length - problems };
    this.#done.push(done);
  }

  async #playGroup({ calm_s, faults }: FaultGroup): Promise<void> {
    await sleep(calm_s * 1000, undefined, { signal: this.#signal });
    const done = await Promise.all(faults.map((fault) => this.#do(fault)));
    const undone_ms = Date.now();
    await this.#awaitStarts(faults);
    const settled = await this.#attempt(names(faults), () => this.#world.settle(settleLimit_s, this.#signal));
    const settle_s = settled ? (Date.now() - undone_ms) / 1000 : null;
    if (settled) this.#mark();
    this.#world.note(settled ? `settled after ${settle_s?.toFixed(1)} s` : 'did not settle');
    for (const fault of done)
      this.#faults.push({
        ...fault,
        settle_s,
        with: done.filter((other) => other !== fault).map(({ kind }) => kind),
      });
  }

  async #do({ kind: name, parameters, at_s }: PlannedFault): Promise<Omit<DoneFault, 'settle_s' | 'with'>> {
    await sleep(at_s * 1000, undefined, { signal: this.#signal });
    const kind = this.#kinds.get(name);
    if (!kind) throw new Error(`there is no kind of fault '${name}'`);
    const from_ms = Date.now();
    this.#world.note(`${name} ${JSON.stringify(parameters)}`);
    const patience = AbortSignal.timeout(Math.ceil((kind.lasts_s(parameters) + overtime_s) * 1000));
    const signal = AbortSignal.any([this.#signal, patience]);
    await this.#attempt(name, () => kind.inject(this.#world, parameters, signal));
    this.#tolls.allow(kind.cost(parameters), from_ms, Date.now());
    const lasted_s = (Date.now() - from_ms) / 1000;
    this.#world.note(`${name} undone after ${lasted_s.toFixed(1)} s`);
    return { kind: name, parameters, at_s: (from_ms - this.#began_ms) / 1000, lasted_s };
  }

  async #awaitStarts(faults: readonly PlannedFault[]): Promise<void> {
    for (const name of partNames)
      try {
        await this.#world.part(name).awaitReady();
      } catch (error) {
        this.#failedStarts += 1;
        this.#problem(`after ${names(faults)}: ${describeError(error)}`);
      }
  }

  async #attempt(what: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.#signal.throwIfAborted();
      this.#problem(`${what}: ${describeError(error)}`);
      return false;
    }
  }

  #problem(text: string): void {
    this.#world.note(`PROBLEM ${text}`);
    this.#problems.push(text);
  }

  #mark(): void {
    this.#marks_ms.push(Date.now());
  }

  #suspects({ findings }: Verdict): FaultGroup[] {
    const [first] = this.#windows();
    const pointed = findings.filter(
      ({ from_ns, to_ns }) => from_ns !== first?.from_ns || to_ns !== first.to_ns,
    );
    const suspects = this.#done.filter(({ from_ms, to_ms, problems }) => {
      const [from_ns, to_ns] = [BigInt(from_ms - lead_ms) * 1_000_000n, BigInt(to_ms) * 1_000_000n];
      return problems > 0 || pointed.some((f) => f.from_ns <= to_ns && f.to_ns >= from_ns);
    });
    if (suspects.length === 0 && findings.length > 0) return this.#done.map(({ group }) => group);
    return suspects.map(({ group }) => group);
  }

  /** The whole run, and an even choice of the stretches between settled moments. */
  #windows(): Stretch[] {
    const instants = this.#marks_ms.map((ms) => BigInt(ms) * 1_000_000n);
    const step = Math.max(1, Math.ceil((instants.length - 1) / mostWindows));
    const chosen = instants.filter((_, i) => i % step === 0);
    const parts = chosen.slice(1).map((to_ns, i) => ({ from_ns: chosen[i] ?? to_ns, to_ns }));
    const [first, last] = [instants[0], instants.at(-1)];
    return first !== undefined && last !== undefined && first < last
      ? [{ from_ns: first, to_ns: last }, ...(parts.length > 1 ? parts : [])]
      : [];
  }

  async #readLedger(): Promise<{ meter: DrainMeter; quarantined: Quarantined }> {
    const meter = new DrainMeter();
    const quarantined = new Quarantined();
    for await (const batch of readLedger(this.#world.urls.ingest)) {
      meter.take(batch);
      quarantined.takeHeld(batch);
    }
    quarantined.takeFolder(join(this.#world.part('ingest').data, 'quarantine'));
    return { meter, quarantined };
  }
}

function names(faults: readonly PlannedFault[]): string {
  return faults.map(({ kind }) => kind).join(' + ');
}
