import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchlineError } from '@benchline/model';
import { boxIds, freePorts, type Home, type Supervisor } from '@benchline/simulators/box';
import { Tamper } from '../tools/tamper.ts';
import { BoxPart } from './box-part.ts';
import type { FrontDoor } from './front.ts';
import { Passage } from './passage.ts';
import { machinesOf } from './plant.ts';
import type { Link, LinkName, Part, PartName, World } from './world.ts';

const pollMs = 200;
/** A moment that takes longer to come through means that something lags. */
const promptMs = 4000;

/** What a world is made of, from `openWorld`. */
export interface Assembly {
  home: Home;
  supervisor: Supervisor;
  parts: ReadonlyMap<PartName, BoxPart>;
  doors: ReadonlyMap<LinkName, FrontDoor>;
  urls: World['urls'];
  boards: boolean;
  /** Takes each line of the story. */
  say: (text: string) => void;
}

/** The services of a single box behind front doors, with a real Mosquitto and both stores. */
export class BoxWorld implements World {
  readonly folder: string;
  readonly ids = boxIds;
  readonly urls: World['urls'];
  readonly keys: World['keys'];
  readonly home: Home;
  /** Whether metrics keeps its figures in InfluxDB, for boards. */
  readonly boards: boolean;
  readonly #assembly: Assembly;
  readonly #supervisor: Supervisor;
  readonly #began_ms = Date.now();

  constructor(assembly: Assembly) {
    this.#assembly = assembly;
    this.#supervisor = assembly.supervisor;
    this.home = assembly.home;
    this.folder = assembly.home.root;
    this.urls = assembly.urls;
    this.boards = assembly.boards;
    this.keys = assembly.home.keys;
    mkdirSync(join(this.folder, 'evidence'), { recursive: true });
  }

  part(name: PartName): Part {
    return found(this.#assembly.parts.get(name), name);
  }

  link(name: LinkName): Link {
    return found(this.#assembly.doors.get(name), name);
  }

  machines(simulator: keyof typeof machinesOf): readonly string[] {
    return machinesOf[simulator];
  }

  async extra(name: string, args: readonly string[]): Promise<Part> {
    const { environment } = new Tamper(this.folder, name);
    await this.#supervisor.start({ name, args, log_file: this.home.log(name), environment });
    return new BoxPart(this.#supervisor.child(name), { data: this.home.data(name) });
  }

  async freePorts(count: number): Promise<number[]> {
    return await freePorts(count);
  }

  async settled(): Promise<boolean> {
    const never = new AbortController().signal;
    return (await follow(new Passage(this.urls, Date.now()), promptMs, never)) === undefined;
  }

  async settle(limit_s: number, signal: AbortSignal): Promise<void> {
    await this.#arrived(new Passage(this.urls, Date.now()), limit_s, signal);
  }

  /** Resolves when everything that the gateway has committed has arrived everywhere; rejects after `limit_s`. */
  async drain(limit_s: number, signal: AbortSignal): Promise<void> {
    await this.#arrived(new Passage(this.urls, undefined), limit_s, signal);
  }

  async #arrived(passage: Passage, limit_s: number, signal: AbortSignal): Promise<void> {
    const lagging = await follow(passage, limit_s * 1000, signal);
    if (lagging !== undefined)
      throw new BenchlineError('source_unavailable', `not settled within ${limit_s} s: ${lagging}`);
  }

  note(text: string): void {
    const line = `${((Date.now() - this.#began_ms) / 1000).toFixed(1).padStart(8)} s  ${text}`;
    appendFileSync(join(this.folder, 'story.txt'), `${line}\n`);
    this.#assembly.say(line);
  }

  /** Restarts so far, by process. */
  restarts(): Record<string, number> {
    return this.#supervisor.restarts();
  }

  /** Stops the simulators in order: what they emitted is sent. */
  async stopSimulators(): Promise<void> {
    await this.#supervisor.stop('line', 'mill', 'plc', 'meter');
  }

  async close(): Promise<void> {
    await this.#supervisor.stop();
    await Promise.all([...this.#assembly.doors.values()].map((door) => door.end()));
    this.home.release();
  }
}

/** Returns what a passage waits for when the time is over. */
async function follow(passage: Passage, limitMs: number, signal: AbortSignal): Promise<string | undefined> {
  const deadline = Date.now() + limitMs;
  while (!(await passage.advance())) {
    if (Date.now() > deadline || signal.aborted) return passage.waitsFor;
    await sleep(pollMs);
  }
  return undefined;
}

function found<T>(thing: T | undefined, name: string): T {
  if (thing === undefined) throw new BenchlineError('not_found', `the world has no '${name}'`);
  return thing;
}
