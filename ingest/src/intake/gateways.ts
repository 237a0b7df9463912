import {
  type Batch,
  BenchlineError,
  helloSeal,
  type Log,
  type Loss,
  nsFromMs,
  type PlantIndex,
  reportSeal,
  type SignedBatch,
  secondsOf,
  type TrustedKeys,
  verifyBatch,
} from '@benchline/model';
import {
  decodeBatch,
  decodeNodeBirth,
  decodeNodeData,
  type SparkplugTopic,
} from '@benchline/model/sparkplug';
import { Chain, type Head } from '../ledger/chain.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Draft } from '../ledger/record-line.ts';
import type { Quarantine, QuarantineReason } from '../quarantine.ts';
import { FailureBudget } from './failures.ts';
import { GatewayAccount } from './gateway-account.ts';
import { type Decision, GatewayLane } from './lane.ts';
import { isVirtual } from './nodes/config.ts';
import { PastBatches } from './past-batches.ts';
import { SeriesBook } from './series.ts';

export interface GatewaysOptions {
  ledger: Ledger;
  /** What the ledger knows of each gateway's last batches; it is carried on. */
  chains: ReadonlyMap<string, Chain>;
  trusted: TrustedKeys;
  plant: PlantIndex;
  /** New series that one gateway may bring since the start. */
  max_series_per_gateway: number;
  quarantine: Quarantine;
  /** Takes accepted records to the ledger. */
  add(drafts: readonly Draft[], bytes: number): void;
  /** Asks for an acknowledgement to be sent to a gateway. */
  tell(gateway: string): void;
  log: Log;
}

/** Lets into the ledger what trusted gateways signed, each batch once and in the order of its number. */
export class Gateways {
  readonly #options: GatewaysOptions;
  readonly #lanes = new Map<string, GatewayLane>();
  readonly #accounts = new Map<string, GatewayAccount>();
  readonly #failures = new FailureBudget();
  readonly #series: SeriesBook;
  readonly #past: PastBatches;
  #throttled = 0;

  constructor(options: GatewaysOptions) {
    this.#options = options;
    this.#series = new SeriesBook(options.plant, options.max_series_per_gateway);
    const { ledger, chains, log } = options;
    this.#past = new PastBatches(ledger, log);
    for (const [gateway, chain] of chains)
      this.#lanes.set(gateway, new GatewayLane(gateway, chain, ledger.holes(gateway)));
  }

  /** @throws whatever is wrong with the message: a BenchlineError, or MisplacedError. */
  takeData(at: SparkplugTopic, payload: Uint8Array): void {
    const now_ms = Date.now();
    const worthwhile = this.#failures.allows(at.node, now_ms);
    // A gateway that was never heard is not worth a look; of one that was, only what continues its chain is.
    if (!worthwhile && !this.#accounts.has(at.node)) return this.#throttle(at.node);
    const batch = this.#counting(at.node, () => this.#decode(at, payload));
    if (!worthwhile && !this.#continues(batch.content)) return this.#throttle(at.node);
    const canonical = this.#counting(at.node, () => verifyBatch(batch, this.#options.trusted));
    const { gateway, epoch, seq, prev } = batch.content;
    const account = this.#heard(gateway, now_ms);
    account.batches += 1;
    const decision = this.#lane(gateway).batch({ epoch, seq, prev, digest: batch.digest }, now_ms);
    account.epochs.note(epoch, decision.kind === 'refused', now_ms);
    if (decision.kind === 'accept')
      this.#accept(decision.losses, { kind: 'batch', batch, canonical }, payload, now_ms);
    else this.#turnAway(decision, batch, payload);
  }

  /** Takes an NBIRTH; false when it is one of another maker's edge node. @throws like `takeData`. */
  takeBirth(at: SparkplugTopic, payload: Uint8Array): boolean {
    const now_ms = Date.now();
    if (!this.#failures.allows(at.node, now_ms)) {
      this.#throttle(at.node);
      return true;
    }
    const { hello: text } = this.#counting(at.node, () => decodeNodeBirth(payload));
    if (text === undefined) return false;
    const hello = this.#counting(at.node, () => helloSeal.open(text, this.#options.trusted));
    if (hello.gateway !== at.node || isVirtual(hello.gateway)) throw new MisplacedError();
    const account = this.#heard(hello.gateway, now_ms);
    account.hellos += 1;
    account.clockOffset_s = secondsOf(hello.at_ns - nsFromMs(now_ms));
    const answer = this.#lane(hello.gateway).hello(hello, now_ms);
    account.epochs.note(hello.epoch, answer.kind === 'refused', now_ms);
    if (answer.kind === 'refused') account.refuse(answer.reason);
    else if (answer.losses.length > 0) this.#recordLosses(account, answer.losses);
    this.#options.tell(hello.gateway);
    return true;
  }

  /** Takes an NDATA; false when it is one of another maker's edge node. @throws like `takeData`. */
  takeReport(at: SparkplugTopic, payload: Uint8Array): boolean {
    const now_ms = Date.now();
    if (!this.#failures.allows(at.node, now_ms)) {
      this.#throttle(at.node);
      return true;
    }
    const { report: text } = this.#counting(at.node, () => decodeNodeData(payload));
    if (text === undefined) return false;
    const report = this.#counting(at.node, () => reportSeal.open(text, this.#options.trusted));
    if (report.gateway !== at.node) throw new MisplacedError();
    const account = this.#heard(report.gateway, now_ms);
    account.say(report, now_ms);
    return true;
  }

  /** Nobody signs a death, so it is shown and nothing depends on it. */
  takeDeath(at: SparkplugTopic): void {
    const account = this.#accounts.get(at.node);
    if (account) account.online = false;
  }

  /** Resolves when every question to the ledger is answered. */
  async settle(): Promise<void> {
    await this.#past.settle();
  }

  /** Whether something signed has come of a gateway, now or before. */
  knows(gateway: string): boolean {
    return this.#lanes.has(gateway);
  }

  /** Gateways that an acknowledgement can be sent to. */
  names(): readonly string[] {
    return [...this.#lanes.keys()];
  }

  /** What may be acknowledged to a gateway now. */
  acknowledgement(gateway: string): Head | undefined {
    return this.#lanes.get(gateway)?.acknowledgement(this.#options.ledger.sound(gateway));
  }

  status() {
    const { ledger, trusted } = this.#options;
    const owners = new Set(trusted.owners());
    const gateways = this.names().map(
      (gateway) =>
        [
          gateway,
          {
            /** Whether it may still write: the ledger remembers gateways that no longer exist. */
            trusted: owners.has(gateway),
            ...this.#account(gateway).report(ledger.head(gateway), this.#series.seriesOf(gateway)),
          },
        ] as const,
    );
    return {
      gateways: Object.fromEntries(gateways),
      /** Observations of machines and signals that the plant file does not have, by machine/signal: in the ledger all the same. */
      unmapped: this.#series.unmapped(),
      /** Messages not looked at since too many of their topic were bad. */
      throttled: this.#throttled,
    };
  }

  /** What was accepted and is not durable will not be: back to what is. */
  rewind(): void {
    for (const gateway of this.names()) this.#lanes.set(gateway, this.#durableLane(gateway));
  }

  /** Damage was found in the ledger: gateways that still have what it cost are asked for it. */
  askAgain(): void {
    for (const [gateway, lane] of this.#lanes) {
      lane.lost(this.#options.ledger.holes(gateway));
      this.#options.tell(gateway);
    }
  }

  #decode(at: SparkplugTopic, payload: Uint8Array): SignedBatch {
    const batch = decodeBatch(payload);
    const { gateway, machine } = batch.content;
    if (gateway !== at.node || machine !== at.device || isVirtual(gateway)) throw new MisplacedError();
    return batch;
  }

  /** Does a step of checking; what fails costs the sender some of its budget. */
  #counting<T>(node: string, step: () => T): T {
    try {
      return step();
    } catch (error) {
      this.#failures.spend(node, Date.now());
      throw error;
    }
  }

  #throttle(node: string): void {
    this.#throttled += 1;
    this.#accounts.get(node)?.refuse('throttled');
  }

  #continues({ gateway, epoch, seq, prev }: Batch): boolean {
    const head = this.#lanes.get(gateway)?.head;
    return head === undefined || (epoch === head.epoch && seq === head.seq + 1 && prev === head.digest);
  }

  #accept(
    losses: readonly Loss[],
    draft: Draft & { kind: 'batch' },
    payload: Uint8Array,
    now_ms: number,
  ): void {
    const { content } = draft.batch;
    const account = this.#account(content.gateway);
    account.accepted += 1;
    account.lose(losses);
    account.clocks.note(content, now_ms);
    const held = !this.#series.admit(content);
    if (held) {
      account.held(content.observations.length);
      this.#quarantine('series_budget', payload, draft.batch);
    } else account.observations += content.observations.length;
    const before = losses.map((loss): Draft => ({ kind: 'loss', loss }));
    const record: Draft = held ? { ...draft, held: 'series_budget' } : draft;
    this.#options.add([...before, record], draft.canonical.length + 1000);
  }

  #recordLosses(account: GatewayAccount, losses: readonly Loss[]): void {
    account.lose(losses);
    this.#options.add(
      losses.map((loss) => ({ kind: 'loss', loss })),
      losses.length * 200,
    );
  }

  #turnAway(decision: Exclude<Decision, { kind: 'accept' }>, batch: SignedBatch, payload: Uint8Array): void {
    const { gateway } = batch.content;
    const account = this.#account(gateway);
    switch (decision.kind) {
      case 'old':
        return this.#askLedger(batch, payload);
      case 'duplicate':
        account.duplicates += 1;
        break;
      case 'hole':
        account.holes += 1;
        break;
      case 'refused':
        account.refuse(decision.reason);
        break;
      case 'fork':
        account.forks += 1;
        this.#quarantine('fork', payload, batch);
        break;
    }
    // Whatever was not new shows that the gateway does not know where the ledger stands.
    this.#options.tell(gateway);
  }

  #askLedger(batch: SignedBatch, payload: Uint8Array): void {
    const { gateway, epoch, seq } = batch.content;
    const account = this.#account(gateway);
    const asked = this.#past.ask(gateway, { epoch, seq }, (digest) => {
      if (digest === undefined) account.refuse('recorded_as_lost');
      else this.#turnAway({ kind: digest === batch.digest ? 'duplicate' : 'fork' }, batch, payload);
    });
    if (asked) return;
    account.refuse('unchecked');
    this.#options.tell(gateway);
  }

  #quarantine(reason: QuarantineReason, payload: Uint8Array, { content, digest }: SignedBatch): void {
    const { gateway, epoch, seq } = content;
    this.#options.quarantine.put(reason, payload, { gateway, epoch, seq, batch_digest: digest });
  }

  #heard(gateway: string, now_ms: number): GatewayAccount {
    const account = this.#account(gateway);
    account.online = true;
    account.received_ms = now_ms;
    return account;
  }

  #account(gateway: string): GatewayAccount {
    let account = this.#accounts.get(gateway);
    if (!account) this.#accounts.set(gateway, (account = new GatewayAccount()));
    return account;
  }

  #lane(gateway: string): GatewayLane {
    let lane = this.#lanes.get(gateway);
    if (!lane) this.#lanes.set(gateway, (lane = this.#durableLane(gateway)));
    return lane;
  }

  #durableLane(gateway: string): GatewayLane {
    const { ledger } = this.#options;
    const head = ledger.head(gateway);
    const chain = new Chain(head && { epoch: head.epoch, seq: head.seq, digest: head.digest });
    return new GatewayLane(gateway, chain, ledger.holes(gateway));
  }
}

class MisplacedError extends Error {
  constructor() {
    super('a message on the topic of another gateway or machine than it was signed for');
  }
}

/** Why a message is put into quarantine. */
export function quarantineReason(error: unknown): QuarantineReason {
  if (error instanceof MisplacedError) return 'wrong_topic';
  if (!(error instanceof BenchlineError)) return 'malformed';
  if (error.code === 'key_unknown') return 'unknown_key';
  return error.code === 'signature_invalid' ? 'signature_invalid' : 'malformed';
}
