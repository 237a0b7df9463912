import {
  type Batch,
  BenchlineError,
  describeError,
  helloSeal,
  type Log,
  type Loss,
  nsNow,
  type PlantIndex,
  type SignedBatch,
  type TrustedKeys,
  verifyBatch,
} from '@benchline/model';
import {
  decodeBatch,
  decodeNodeBirth,
  decodePayload,
  parseSparkplugTopic,
  type SparkplugTopic,
} from '@benchline/model/sparkplug';
import { Chain, type Head } from '../ledger/chain.ts';
import { findDigest } from '../ledger/find.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Draft } from '../ledger/record-line.ts';
import type { Quarantine, QuarantineReason } from '../quarantine.ts';
import { BoundedCounts } from './bounded-counts.ts';
import { Committer } from './committer.ts';
import { GatewayAccount } from './gateway-account.ts';
import { type Decision, GatewayLane } from './lane.ts';

export interface IntakeOptions {
  /** Sparkplug group id: messages of other groups are not for this ledger. */
  group: string;
  ledger: Ledger;
  /** What the ledger knows of each gateway's last batches; the intake carries it on. */
  chains: ReadonlyMap<string, Chain>;
  trusted: TrustedKeys;
  plant: PlantIndex;
  quarantine: Quarantine;
  /** Asks for an acknowledgement to be sent to a gateway. */
  tell(gateway: string): void;
  /** The ledger cannot be written any more: the process has to start anew. */
  fatal(error: Error): void;
  log: Log;
}

/** Questions to the ledger about batches too old to be remembered, waiting at most. */
const maxLookups = 64;

/** Takes messages of whoever can reach the broker, and lets into the ledger what trusted gateways signed. */
export class Intake {
  readonly #options: IntakeOptions;
  readonly #committer: Committer;
  readonly #lanes = new Map<string, GatewayLane>();
  readonly #accounts = new Map<string, GatewayAccount>();
  readonly #foreign = new BoundedCounts();
  readonly #unmapped = new BoundedCounts();
  #messages = 0;
  #lookups = 0;
  #lookup: Promise<void> = Promise.resolve();
  /** Since when and why appending fails, while it does. */
  #failing: { since_ms: number; reason: string } | undefined;

  constructor(options: IntakeOptions) {
    this.#options = options;
    for (const [gateway, chain] of options.chains) this.#lanes.set(gateway, new GatewayLane(gateway, chain));
    this.#committer = new Committer({
      ledger: options.ledger,
      committed: (drafts) => this.#committed(drafts),
      failed: (error) => this.#failed(error),
    });
  }

  /** Takes one message. Never throws, whatever it is. */
  receive(topic: string, payload: Uint8Array): void {
    this.#messages += 1;
    const at = parseSparkplugTopic(topic);
    if (!at || at.group !== this.#options.group) return this.#foreign.add(topic);
    try {
      if (at.type === 'DDATA') this.#takeData(at, payload);
      else if (at.type === 'NBIRTH') this.#takeBirth(at, payload);
      else if (at.type === 'NDEATH') this.#takeDeath(at);
      // What a device can send, DBIRTH says; batches carry all that counts.
      else if (at.type !== 'DBIRTH') this.#foreign.add(topic);
    } catch (error) {
      this.#reject(error, topic, payload);
    }
  }

  /** Undefined while more messages can be taken; else resolves when they can. */
  room(): Promise<void> | undefined {
    return this.#committer.room();
  }

  /** Resolves when all that was accepted is durable and every question to the ledger answered. */
  async settle(): Promise<void> {
    await this.#committer.idle();
    await this.#lookup;
  }

  /** Gateways that an acknowledgement can be sent to. */
  gateways(): readonly string[] {
    return [...this.#lanes.keys()];
  }

  /** What may be acknowledged to a gateway now. */
  acknowledgement(gateway: string): Head | undefined {
    return this.#lanes.get(gateway)?.acknowledgement(this.#options.ledger.head(gateway));
  }

  get failing(): { since_ms: number; reason: string } | undefined {
    return this.#failing;
  }

  status() {
    const { ledger } = this.#options;
    const gateways = [...this.#lanes.keys()].map(
      (gateway) => [gateway, this.#account(gateway).report(ledger.head(gateway))] as const,
    );
    return {
      messages: this.#messages,
      gateways: Object.fromEntries(gateways),
      /** Messages on topics of other programs, by topic: seen, not taken. */
      foreign: this.#foreign.report(),
      /** Observations of machines and signals that the plant file does not have, by machine/signal: in the ledger all the same. */
      unmapped: this.#unmapped.report(),
    };
  }

  #takeData(at: SparkplugTopic, payload: Uint8Array): void {
    const batch = decodeBatch(payload);
    const { gateway, machine } = batch.content;
    if (gateway !== at.node || machine !== at.device) throw new MisplacedError();
    const canonical = verifyBatch(batch, this.#options.trusted);
    const account = this.#heard(gateway);
    account.batches += 1;
    const { epoch, seq, prev } = batch.content;
    const decision = this.#lane(gateway).batch({ epoch, seq, prev, digest: batch.digest }, Date.now());
    if (decision.kind === 'accept') this.#accept(decision.losses, { kind: 'batch', batch, canonical });
    else this.#turnAway(decision, batch, payload);
  }

  #accept(losses: readonly Loss[], draft: Draft & { kind: 'batch' }): void {
    const { content } = draft.batch;
    const account = this.#account(content.gateway);
    account.accepted += 1;
    account.observations += content.observations.length;
    account.losses += losses.length;
    for (const { from_seq, to_seq } of losses) account.lostBatches += to_seq - from_seq + 1;
    this.#noteUnmapped(content);
    const before = losses.map((loss): Draft => ({ kind: 'loss', loss }));
    this.#committer.add([...before, draft], draft.canonical.length + 1000);
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
    if (this.#lookups >= maxLookups) {
      account.refuse('unchecked');
      return this.#options.tell(gateway);
    }
    this.#lookups += 1;
    this.#lookup = this.#lookup
      .then(() => findDigest(this.#options.ledger, gateway, { epoch, seq }))
      .then((digest) => {
        if (digest === undefined) account.refuse('recorded_as_lost');
        else this.#turnAway({ kind: digest === batch.digest ? 'duplicate' : 'fork' }, batch, payload);
      })
      .catch((error: unknown) =>
        this.#options.log.error({ reason: describeError(error) }, 'cannot read the ledger'),
      )
      .finally(() => {
        this.#lookups -= 1;
      });
  }

  #takeBirth(at: SparkplugTopic, payload: Uint8Array): void {
    const { hello: text } = decodeNodeBirth(payload);
    if (text === undefined) return this.#foreign.add(`NBIRTH of ${at.node}`);
    const hello = helloSeal.open(text, this.#options.trusted);
    if (hello.gateway !== at.node) throw new MisplacedError();
    const account = this.#heard(hello.gateway);
    account.hellos += 1;
    const answer = this.#lane(hello.gateway).hello(hello, Date.now());
    if (answer.kind === 'refused') account.refuse(answer.reason);
    this.#options.tell(hello.gateway);
  }

  /** Nobody signs a death, so it is shown and nothing depends on it. */
  #takeDeath(at: SparkplugTopic): void {
    const account = this.#accounts.get(at.node);
    if (account) account.online = false;
  }

  #reject(error: unknown, topic: string, payload: Uint8Array): void {
    const reason = reasonOf(error);
    if (reason === 'malformed' && isForeign(payload)) return this.#foreign.add(topic);
    const detail = describeError(error).slice(0, 500);
    this.#options.quarantine.put(reason, payload, { topic: topic.slice(0, 500), detail });
  }

  #quarantine(reason: QuarantineReason, payload: Uint8Array, { content, digest }: SignedBatch): void {
    const { gateway, epoch, seq } = content;
    this.#options.quarantine.put(reason, payload, { gateway, epoch, seq, batch_digest: digest });
  }

  #heard(gateway: string): GatewayAccount {
    const account = this.#account(gateway);
    account.online = true;
    account.receivedNs = nsNow();
    return account;
  }

  #account(gateway: string): GatewayAccount {
    let account = this.#accounts.get(gateway);
    if (!account) this.#accounts.set(gateway, (account = new GatewayAccount()));
    return account;
  }

  #lane(gateway: string): GatewayLane {
    let lane = this.#lanes.get(gateway);
    if (!lane) this.#lanes.set(gateway, (lane = new GatewayLane(gateway, this.#durableChain(gateway))));
    return lane;
  }

  #durableChain(gateway: string): Chain {
    const head = this.#options.ledger.head(gateway);
    return new Chain(head && { epoch: head.epoch, seq: head.seq, digest: head.digest });
  }

  #noteUnmapped(content: Batch): void {
    const signals = this.#options.plant.assets.get(content.machine)?.type.signals;
    for (const { signal } of content.observations)
      if (!signals || !Object.hasOwn(signals, signal)) this.#unmapped.add(`${content.machine}/${signal}`);
  }

  #committed(drafts: readonly Draft[]): void {
    this.#failing = undefined;
    const gateways = new Set(drafts.flatMap((d) => (d.kind === 'batch' ? [d.batch.content.gateway] : [])));
    for (const gateway of gateways) this.#options.tell(gateway);
  }

  /** With a full disk the lanes go back to what is durable; gateways send the rest again until there is room. */
  #failed(error: unknown): void {
    const reason = describeError(error);
    if (!this.#failing) this.#options.log.error({ reason }, 'cannot append to the ledger');
    this.#failing ??= { since_ms: Date.now(), reason };
    if (!(error instanceof BenchlineError && error.retryable))
      return this.#options.fatal(error instanceof Error ? error : new Error(reason));
    for (const gateway of [...this.#lanes.keys()])
      this.#lanes.set(gateway, new GatewayLane(gateway, this.#durableChain(gateway)));
  }
}

class MisplacedError extends Error {
  constructor() {
    super('a message on the topic of another gateway or machine than it was signed for');
  }
}

function reasonOf(error: unknown): QuarantineReason {
  if (error instanceof MisplacedError) return 'wrong_topic';
  if (!(error instanceof BenchlineError)) return 'malformed';
  if (error.code === 'key_unknown') return 'unknown_key';
  return error.code === 'signature_invalid' ? 'signature_invalid' : 'malformed';
}

/** Sound Sparkplug with nothing of ours in it: another maker's edge node. */
function isForeign(payload: Uint8Array): boolean {
  try {
    return !decodePayload(payload).metrics.some(({ name }) => name?.startsWith('benchline/'));
  } catch {
    return false;
  }
}
