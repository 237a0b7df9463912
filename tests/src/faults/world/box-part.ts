import { readFileSync, writeFileSync } from 'node:fs';
import type { Child } from '@benchline/simulators/box';
import { machinesOf } from './plant.ts';
import type { Alteration, Json, Part } from './world.ts';

/** What is promised of a service. */
const readyLimit_s = 30;
/** A simulator is no part of what is tried: on a busy computer an OPC UA server may take its time. */
const simulatorLimit_s = 120;
const simulators: ReadonlySet<string> = new Set(Object.keys(machinesOf));

/** A supervised process as the kinds of faults get it in hand. */
export class BoxPart implements Part {
  readonly name: string;
  readonly data: string;
  readonly config: string | undefined;
  readonly #child: Child;
  readonly #usual: string | undefined;

  /** `config` is read now: this is how the part is usually configured. */
  constructor(child: Child, places: { data: string; config?: string }) {
    this.name = child.spec.name;
    this.data = places.data;
    this.config = places.config;
    this.#child = child;
    this.#usual = places.config === undefined ? undefined : readFileSync(places.config, 'utf8');
  }

  get log(): string {
    return this.#child.spec.log_file;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get ready(): boolean {
    return this.#child.ready;
  }

  async kill(): Promise<void> {
    const gone = this.#child.gone();
    this.#child.kill('SIGKILL');
    await gone;
  }

  hold(): void {
    this.#child.hold();
  }

  async stop(): Promise<void> {
    await this.#child.stop();
  }

  async start(limit_s?: number): Promise<void> {
    void this.#child.start();
    await this.awaitReady(limit_s);
  }

  async awaitReady(limit_s = simulators.has(this.name) ? simulatorLimit_s : readyLimit_s): Promise<void> {
    await this.#child.awaitReady(limit_s * 1000);
  }

  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child.kill('SIGCONT');
  }

  alter(alteration: Alteration | undefined): void {
    const { config, ...process } = alteration ?? {};
    this.#child.alteration = process;
    if (this.config === undefined || this.#usual === undefined) return;
    const usual = JSON.parse(this.#usual) as Json;
    writeFileSync(this.config, JSON.stringify(config ? config(usual) : usual, null, 2));
  }
}
