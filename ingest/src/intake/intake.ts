import {
  BenchlineError,
  describeError,
  type Log,
  type PlantIndex,
  type SigningKey,
  type TrustedKeys,
} from '@benchline/model';
import { decodePayload, parseSparkplugTopic, type SparkplugTopic } from '@benchline/model/sparkplug';
import type { Chain, Head } from '../ledger/chain.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Draft } from '../ledger/record-line.ts';
import type { Quarantine } from '../quarantine.ts';
import { BoundedCounts } from './bounded-counts.ts';
import { Committer } from './committer.ts';
import { Gateways, quarantineReason } from './gateways.ts';
import { isVirtual, type NodePlan } from './nodes/config.ts';
import { SparkplugNodes } from './nodes/nodes.ts';

export interface IntakeOptions {
  /** Sparkplug group id: messages of other groups are for this ledger only where `nodes` lists their node. */
  group: string;
  ledger: Ledger;
  /** What the ledger knows of each gateway's last batches; the intake carries it on. */
  chains: ReadonlyMap<string, Chain>;
  trusted: TrustedKeys;
  plant: PlantIndex;
  /** New series that one gateway may bring since the start. */
  max_series_per_gateway: number;
  quarantine: Quarantine;
  /** Edge nodes of other makers that are taken in. */
  nodes: readonly NodePlan[];
  /** The ledger's key, which signs what was heard of them. */
  key: SigningKey;
  /** Sends a command to an edge node, or drops it while there is no connection. */
  command(topic: string, payload: Uint8Array): void;
  /** Asks for an acknowledgement to be sent to a gateway. */
  tell(gateway: string): void;
  /** These are fsynced. @param took_s how long the append took. */
  durable?(drafts: readonly Draft[], took_s: number): void;
  /** The ledger cannot be written any more: the process has to start anew. */
  fatal(error: Error): void;
  log: Log;
}

/** Takes messages of whoever can reach the broker: sends each to those who understand it, and what they accept to the ledger. */
export class Intake {
  readonly #options: IntakeOptions;
  readonly #committer: Committer;
  readonly #gateways: Gateways;
  readonly #nodes: SparkplugNodes;
  readonly #foreign = new BoundedCounts();
  #messages = 0;
  /** Since when and why appending fails, while it does. */
  #failing: { since_ms: number; reason: string } | undefined;

  constructor(options: IntakeOptions) {
    this.#options = options;
    const { ledger } = options;
    this.#committer = new Committer({
      ledger,
      committed: (drafts, took_s) => this.#committed(drafts, took_s),
      failed: (error) => this.#failed(error),
    });
    const add = (drafts: readonly Draft[], bytes: number) => this.#committer.add(drafts, bytes);
    const chains = new Map([...options.chains].filter(([gateway]) => !isVirtual(gateway)));
    this.#gateways = new Gateways({ ...options, chains, add });
    this.#nodes = new SparkplugNodes({ ...options, plans: options.nodes, add });
    ledger.onDamage(() => this.#gateways.askAgain());
  }

  /** Takes one message. Never throws, whatever it is. */
  receive(topic: string, payload: Uint8Array): void {
    this.#messages += 1;
    const at = parseSparkplugTopic(topic);
    if (!at) return this.#foreign.add(topic);
    try {
      if (this.#nodes.has(at)) return this.#nodes.take(at, payload);
      if (at.group !== this.#options.group) return this.#foreign.add(topic);
      if (at.type === 'DDATA') this.#gateways.takeData(at, payload);
      else if (at.type === 'NDEATH') this.#gateways.takeDeath(at);
      else if (at.type === 'NBIRTH') {
        if (!this.#gateways.takeBirth(at, payload)) this.#overhear(at, topic, payload);
      } else if (at.type === 'NDATA') {
        if (!this.#gateways.takeReport(at, payload)) this.#overhear(at, topic, payload);
      }
      // What a gateway's device can send, DBIRTH says; batches carry all that counts.
      else if (at.type !== 'DBIRTH' || !this.#gateways.knows(at.node)) this.#overhear(at, topic, payload);
    } catch (error) {
      this.#reject(error, at, topic, payload);
    }
  }

  /** Messages flow, after every time the connection is made. */
  connected(): void {
    this.#nodes.connected();
  }

  /** Undefined while more messages can be taken; else resolves when they can. */
  room(): Promise<void> | undefined {
    return this.#committer.room();
  }

  /** Resolves when all that was accepted is durable and every question to the ledger answered. */
  async settle(): Promise<void> {
    this.#nodes.flush();
    await this.#committer.idle();
    await this.#gateways.settle();
  }

  /** Gateways that an acknowledgement can be sent to. */
  gateways(): readonly string[] {
    return this.#gateways.names();
  }

  /** What may be acknowledged to a gateway now. */
  acknowledgement(gateway: string): Head | undefined {
    return this.#gateways.acknowledgement(gateway);
  }

  get failing(): { since_ms: number; reason: string } | undefined {
    return this.#failing;
  }

  /** Whether something that was accepted is on its way to the disk. */
  get busy(): boolean {
    return this.#committer.busy;
  }

  status() {
    return {
      messages: this.#messages,
      ...this.#gateways.status(),
      sparkplug: this.#nodes.status(),
      /** Messages on topics of other programs, by topic: seen, not taken. */
      foreign: this.#foreign.report(),
    };
  }

  /** Another maker's edge node that nobody listed, or a message type that says nothing to us. */
  #overhear(at: SparkplugTopic, topic: string, payload: Uint8Array): void {
    this.#foreign.add(topic);
    if (at.type.endsWith('BIRTH') || at.type.endsWith('DATA')) this.#nodes.overhear(at, payload);
  }

  #reject(error: unknown, at: SparkplugTopic, topic: string, payload: Uint8Array): void {
    const reason = quarantineReason(error);
    if (reason === 'malformed' && isForeign(payload)) return this.#overhear(at, topic, payload);
    const detail = describeError(error).slice(0, 500);
    this.#options.quarantine.put(reason, payload, { topic: topic.slice(0, 500), detail });
  }

  #committed(drafts: readonly Draft[], took_s: number): void {
    this.#failing = undefined;
    this.#options.durable?.(drafts, took_s);
    this.#nodes.committed(drafts);
    const gateways = new Set(
      drafts.flatMap((d) => {
        if (d.kind === 'batch') return [d.batch.content.gateway];
        return d.kind === 'loss' ? [d.loss.gateway] : [];
      }),
    );
    for (const gateway of gateways) this.#options.tell(gateway);
  }

  /** With a full disk the lanes go back to what is durable; gateways send the rest again until there is room. */
  #failed(error: unknown): void {
    const reason = describeError(error);
    if (!this.#failing) this.#options.log.error({ reason }, 'cannot append to the ledger');
    this.#failing ??= { since_ms: Date.now(), reason };
    if (!(error instanceof BenchlineError && error.retryable))
      return this.#options.fatal(error instanceof Error ? error : new Error(reason));
    this.#gateways.rewind();
    this.#nodes.rewind();
  }
}

/** Sound Sparkplug with nothing of ours in it: another maker's edge node. */
function isForeign(payload: Uint8Array): boolean {
  try {
    return !decodePayload(payload).metrics.some(({ name }) => name?.startsWith('benchline/'));
  } catch {
    return false;
  }
}
