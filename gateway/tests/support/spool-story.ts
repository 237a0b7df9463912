import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nsNow, type SignedBatch } from '@benchline/model';
import { openSpool } from '../../src/spool/index.ts';
import type { BatchDraft, Spool, SpoolOptions } from '../../src/spool/port.ts';
import { stateFiles } from '../../src/spool/state-file.ts';
import { gatewayKey } from './batches.ts';

/** Between two words of a source. */
const step_ns = 1_000_000n;

export const machines = ['mill-1', 'press-1'] as const;
export type Machine = (typeof machines)[number];

/** A ledger that takes batches only in their order, and remembers what each says. */
class OrderedLedger {
  epoch = '';
  readonly batches: SignedBatch[] = [];
  #head: SignedBatch | undefined;

  /** Of an epoch. */
  head(epoch: string): { seq: number; digest: string } {
    const content = this.#head?.content;
    return content?.epoch === epoch
      ? { seq: content.seq, digest: this.#head?.digest ?? '' }
      : { seq: -1, digest: '' };
  }

  /** @param floor what lies below is gone, by the word of the spool. */
  take(batch: SignedBatch, floor: number): void {
    const { epoch, seq, prev } = batch.content;
    const head = this.head(epoch);
    if (seq <= head.seq) throw new Error(`batch ${seq} a second time`);
    if (seq > head.seq + 1 && seq !== floor) throw new Error(`no batch between ${head.seq} and ${seq}`);
    if (seq === head.seq + 1 && prev !== head.digest) throw new Error(`a fork at ${seq}`);
    this.batches.push(batch);
    this.#head = batch;
  }
}

/**
 * What a spool lives through, with sources that behave as real ones do: they claim what they watch without a hole,
 * and after a restart they declare what they missed since where the spool says that they stood.
 */
export class SpoolStory {
  ledger = new OrderedLedger();
  /** The instants at which each machine had something to say. */
  readonly emitted = new Map<Machine, bigint[]>(machines.map((machine) => [machine, []]));
  readonly #place = mkdtempSync(join(tmpdir(), 'benchline-story-'));
  readonly #options: Partial<SpoolOptions>;
  readonly #until = new Map<Machine, bigint>();
  #clock = nsNow();
  #lives = 0;
  #spool!: Spool;

  private constructor(options: Partial<SpoolOptions>) {
    this.#options = options;
  }

  /** A spool that has been closed in order once, with a word of each machine in it. */
  static async begin(options: Partial<SpoolOptions>): Promise<SpoolStory> {
    const story = await SpoolStory.first(options);
    await story.restart('stop');
    return story;
  }

  /** A spool that has never been closed, with a word of each machine in it. */
  static async first(options: Partial<SpoolOptions>): Promise<SpoolStory> {
    const story = new SpoolStory(options);
    await story.#open();
    story.#clock = nsNow();
    // Of a source that was never known to be watched nobody can say what of it is missing.
    for (const machine of machines) await story.emit(machine);
    return story;
  }

  get spool(): Spool {
    return this.#spool;
  }

  get folder(): string {
    return join(this.#place, `life-${this.#lives}`);
  }

  /** Files that damage may hit: segments, oldest first, then what is known beside them. */
  files(): string[] {
    return [...this.#segments(), ...stateFiles.map((name) => join(this.folder, name))];
  }

  async emit(machine: Machine): Promise<void> {
    this.#clock += step_ns;
    const until_ns = this.#clock;
    const from_ns = this.#until.get(machine) ?? until_ns - 1n;
    await this.#spool.append([this.#draft(machine, { from_ns, until_ns })]);
    this.#until.set(machine, until_ns);
    this.emitted.get(machine)?.push(until_ns);
  }

  /** Sends up to so many batches as the publisher does, and acknowledges them. */
  async drain(count: number): Promise<void> {
    const { ledger } = this;
    for (;;) {
      const head = ledger.head(this.#spool.epoch);
      if (await this.#spool.acknowledge(head.seq, head.digest)) break;
      await this.#spool.renew();
    }
    this.#spool.settleDoubt();
    for (let left = count; left > 0; ) {
      const batches = await this.#spool.read(this.#spool.acked + 1, 1500);
      if (batches.length === 0) return;
      for (const batch of batches.slice(0, left)) {
        ledger.take(batch, batch.content.seq);
        await this.#spool.acknowledge(batch.content.seq, batch.digest);
        left -= 1;
      }
    }
  }

  /** Another ledger takes the place of one that was lost, or one restored from a copy with its first batches. */
  loseLedger(kept = 0): void {
    const { batches } = this.ledger;
    this.ledger = new OrderedLedger();
    for (const batch of batches.slice(0, kept)) this.ledger.take(batch, batch.content.seq);
  }

  /** Ends the process, by a kill or in order, does something to its files, and starts it again. */
  async restart(
    how: 'kill' | 'stop',
    change: (files: string[], newest: string) => void = () => {},
  ): Promise<void> {
    const old = this.#spool;
    const before = this.folder;
    if (how === 'stop') await old.close();
    this.#lives += 1;
    cpSync(before, this.folder, { recursive: true });
    change(this.files(), this.#segments().at(-1) ?? '');
    await old.close();
    await this.#open();
    rmSync(before, { recursive: true, force: true });
    for (const machine of machines) await this.#resume(machine);
  }

  /** What of a machine is neither with the ledger nor declared as lost, once all is drained. */
  unaccounted(machine: Machine): bigint[] {
    const own = this.ledger.batches.map(({ content }) => content).filter((c) => c.machine === machine);
    const gaps = own.flatMap((content) => content.gaps);
    const stored = new Set(own.flatMap((c) => c.observations.map((o) => o.source_time_ns)));
    return (this.emitted.get(machine) ?? []).filter(
      (time) => !stored.has(time) && !gaps.some((gap) => gap.from_ns <= time && time <= gap.to_ns),
    );
  }

  async end(): Promise<void> {
    await this.#spool.close();
    rmSync(this.#place, { recursive: true, force: true });
  }

  #segments(): string[] {
    const epoch = join(this.folder, this.#spool.epoch);
    return readdirSync(epoch)
      .sort()
      .map((name) => join(epoch, name));
  }

  async #open(): Promise<void> {
    this.#spool = await openSpool({
      folder: this.folder,
      gateway: 'gw-1',
      key: gatewayKey,
      min_free_bytes: 0,
      ...this.#options,
    });
  }

  async #resume(machine: Machine): Promise<void> {
    const from_ns = this.#spool.resumeState(machine, 'opc')?.until_ns;
    this.#clock += step_ns;
    if (from_ns === undefined) {
      this.#until.delete(machine);
      return;
    }
    const gap = { from_ns, to_ns: this.#clock, reason: 'gateway_restart' as const };
    const { observed: _, ...draft } = this.#draft(machine, { from_ns, until_ns: this.#clock });
    await this.#spool.append([{ ...draft, observations: [], gaps: [gap] }]);
    this.#until.set(machine, this.#clock);
  }

  #draft(machine: Machine, observed: { from_ns: bigint; until_ns: bigint }): BatchDraft {
    return {
      gateway_time_ns: this.#clock,
      machine,
      source: 'opc',
      mapping: 'ab'.repeat(32),
      marks: [],
      observations: [{ signal: 'power', source_time_ns: observed.until_ns, ordinal: 0, value: 1, status: 0 }],
      gaps: [],
      observed,
    };
  }
}

/** Flips one bit of a file: `share` says where. */
export function flipBit(file: string, share: number): void {
  const bytes = readFileSync(file);
  if (bytes.length === 0) return;
  const bit = Math.min(bytes.length * 8 - 1, Math.floor(share * bytes.length * 8));
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  writeFileSync(file, bytes);
}
