import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Batch,
  generateKeyPair,
  helloSeal,
  indexPlant,
  type Observation,
  openLog,
  parsePlant,
  type SignedBatch,
  sha256Hex,
  signBatch,
  signingKey,
  trustedKeys,
} from '@benchline/model';
import { encodeBatch, encodeNodeBirth, sparkplugTopic } from '@benchline/model/sparkplug';
import { Intake } from '../../src/intake/intake.ts';
import { checkLedger, type LedgerReport } from '../../src/ledger/check.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { journalFolder, openLedger } from '../../src/ledger/open.ts';
import { Upkeep } from '../../src/ledger/upkeep.ts';
import { Quarantine } from '../../src/quarantine.ts';
import { plantText } from './works.ts';

const log = openLog('test');
log.level = 'silent';
const group = 'site';
const ledgerKey = signingKey(generateKeyPair().privatePem);
const second = 1_000_000_000n;
const t0 = 1_767_225_600n * second;

/** A gateway's spool, without anything that loses messages. */
export class PlainGateway {
  readonly id: string;
  readonly pair = generateKeyPair();
  readonly #key = signingKey(this.pair.privatePem);
  epoch = '018000000000-00000000';
  floor = 0;
  spool: SignedBatch[] = [];

  constructor(id: string) {
    this.id = id;
  }

  commit(count: number): void {
    for (let i = 0; i < count; i += 1) {
      const seq = this.spool.length;
      const at = t0 + BigInt(seq) * second;
      const observations: Observation[] = [
        { signal: 'parts', source_time_ns: at, ordinal: 0, value: BigInt(seq), status: 0 },
      ];
      const content: Batch = {
        v: 1,
        gateway: this.id,
        epoch: this.epoch,
        seq,
        prev: this.spool.at(-1)?.digest ?? '',
        gateway_time_ns: at,
        machine: 'mill',
        source: this.id,
        mapping: 'ab'.repeat(32),
        marks: [],
        observations,
        gaps: [],
        observed: { from_ns: at - second, until_ns: at },
      };
      this.spool.push(signBatch(content, this.#key));
    }
  }

  /** The spool was lost. */
  renew(epoch: string): void {
    this.epoch = epoch;
    this.floor = 0;
    this.spool = [];
  }

  message(seq: number): { topic: string; payload: Uint8Array } {
    const topic = sparkplugTopic({ group, type: 'DDATA', node: this.id, device: 'mill' });
    return { topic, payload: encodeBatch(this.spool[seq]!, { historical: false, seq: 0 }) };
  }

  hello(): { topic: string; payload: Uint8Array } {
    const { id: gateway, epoch } = this;
    const hello = helloSeal.seal(
      { v: 1, gateway, epoch, floor_seq: this.floor, next_seq: this.spool.length, at_ns: t0 },
      this.#key,
    );
    return {
      topic: sparkplugTopic({ group, type: 'NBIRTH', node: gateway }),
      payload: encodeNodeBirth({ timestamp_ms: 0, bd_seq: 1, hello }),
    };
  }
}

/** Ledger and intake of an ingest on a folder, without broker, store and door. */
export class Desk {
  readonly folder = mkdtempSync(join(tmpdir(), 'benchline-desk-'));
  readonly #gateways: readonly PlainGateway[];
  ledger: Ledger | undefined;
  #intake: Intake | undefined;
  #upkeep: Upkeep | undefined;

  constructor(...gateways: PlainGateway[]) {
    this.#gateways = gateways;
  }

  get intake(): Intake {
    if (!this.#intake) throw new Error('not open');
    return this.#intake;
  }

  get ledgerFolder(): string {
    return join(this.folder, 'ledger');
  }

  async open(): Promise<Ledger> {
    const folder = this.ledgerFolder;
    const { ledger, chains } = await openLedger({
      folder,
      ledger_id: 'ledger-1',
      log,
      segment_bytes: 20_000,
    });
    const plant = { kind: 'plant' as const, digest: sha256Hex(plantText), yaml: plantText };
    this.#upkeep = new Upkeep({ ledger, plant, retention: {}, held: () => Number.POSITIVE_INFINITY, log });
    await this.#upkeep.catchUp();
    this.ledger = ledger;
    this.#intake = new Intake({
      group,
      ledger,
      chains,
      trusted: trustedKeys(Object.fromEntries(this.#gateways.map(({ id, pair }) => [id, pair.publicPem]))),
      plant: indexPlant(parsePlant(plantText, 'plant.yaml')),
      max_series_per_gateway: 1000,
      quarantine: new Quarantine({ folder: join(this.folder, 'quarantine'), log }),
      nodes: [],
      key: ledgerKey,
      command: () => undefined,
      tell: () => undefined,
      fatal: (error) => {
        throw error;
      },
      log,
    });
    return ledger;
  }

  /** What the newest acknowledgement would say; −1 for nothing. */
  acked(gateway: PlainGateway): number {
    const ack = this.intake.acknowledgement(gateway.id);
    return ack?.epoch === gateway.epoch ? ack.seq : -1;
  }

  async give({ topic, payload }: { topic: string; payload: Uint8Array }): Promise<void> {
    this.intake.receive(topic, payload);
    await this.intake.settle();
  }

  /** Has a gateway send from where it is asked to, until the ledger has everything. */
  async drain(gateway: PlainGateway): Promise<void> {
    for (let round = 0; this.acked(gateway) < gateway.spool.length - 1; round += 1) {
      if (round > 100) throw new Error(`acknowledged only up to ${this.acked(gateway)}`);
      await this.give(gateway.hello());
      for (let seq = Math.max(this.acked(gateway) + 1, gateway.floor); seq < gateway.spool.length; seq += 1)
        this.intake.receive(...(Object.values(gateway.message(seq)) as [string, Uint8Array]));
      await this.intake.settle();
    }
  }

  /** Lets the ledger say what it should. */
  async keepUp(): Promise<void> {
    await this.ledger?.settle();
    await this.#upkeep?.catchUp();
  }

  check(): Promise<LedgerReport> {
    const keys = Object.fromEntries(this.#gateways.map(({ id, pair }) => [id, pair.publicPem]));
    return checkLedger({ journal: journalFolder(this.ledgerFolder), trusted: trustedKeys(keys) });
  }

  async close(): Promise<void> {
    await this.#intake?.settle();
    await this.ledger?.close();
    this.ledger = undefined;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
