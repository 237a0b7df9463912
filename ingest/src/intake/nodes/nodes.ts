import type { Log, SigningKey } from '@benchline/model';
import {
  decodePayload,
  encodeRebirthCommand,
  type SparkplugTopic,
  sparkplugTopic,
} from '@benchline/model/sparkplug';
import type { Ledger } from '../../ledger/ledger.ts';
import type { Draft } from '../../ledger/record-line.ts';
import type { NodePlan } from './config.ts';
import { NodeSession, type RebirthReason } from './session.ts';
import { Strangers } from './strangers.ts';
import { UnlistedMetrics } from './unlisted.ts';
import { VirtualGateway } from './virtual-gateway.ts';

export interface NodesOptions {
  plans: readonly NodePlan[];
  /** The ledger's key: with it ingest signs what it heard of nodes that sign nothing. */
  key: SigningKey;
  ledger: Pick<Ledger, 'head'>;
  /** Takes sealed batches to the ledger. */
  add(drafts: readonly Draft[], bytes: number): void;
  /** Sends a command, or drops it while there is no connection. */
  command(topic: string, payload: Uint8Array): void;
  log: Log;
}

/** Values wait so long for others, so that a batch carries more than one message. */
const flushPause_ms = 100;
/** A node is asked again for its births after this, then after twice as long each time. */
const rebirthPause_ms = 5000;
const longestRebirthPause_ms = 60_000;

interface Node {
  plan: NodePlan;
  session: NodeSession;
  gateway: VirtualGateway;
  rebirth: { asked: number; pause_ms: number; notBefore_ms: number };
}

/** Takes in the Sparkplug edge nodes of other makers that the configuration lists. */
export class SparkplugNodes {
  readonly #options: NodesOptions;
  readonly #nodes = new Map<string, Node>();
  readonly #unlisted = new UnlistedMetrics();
  readonly #strangers = new Strangers(this.#unlisted);
  #timer: NodeJS.Timeout | undefined;

  constructor(options: NodesOptions) {
    this.#options = options;
    for (const plan of options.plans)
      this.#nodes.set(keyOf(plan), {
        plan,
        session: new NodeSession(plan, this.#unlisted),
        gateway: new VirtualGateway(plan.gateway, options.key),
        rebirth: { asked: 0, pause_ms: rebirthPause_ms, notBefore_ms: 0 },
      });
  }

  /** Whether a node is one of those that the configuration lists. */
  has(at: Pick<SparkplugTopic, 'group' | 'node'>): boolean {
    return this.#nodes.has(keyOf(at));
  }

  /** Takes a message of a listed node. @throws BenchlineError `batch_malformed`. */
  take(at: SparkplugTopic, bytes: Uint8Array): void {
    const node = this.#nodes.get(keyOf(at));
    if (!node) return;
    const now_ms = Date.now();
    const reason = node.session.take(at, decodePayload(bytes), now_ms);
    if (at.type === 'NBIRTH') node.rebirth.pause_ms = rebirthPause_ms;
    if (reason) this.#askForBirths(node, reason, now_ms);
    this.#timer ??= setTimeout(() => this.flush(), flushPause_ms);
  }

  /** Shows what a node says that nobody listed: it may be one that somebody forgot. @throws like `take`. */
  overhear(at: SparkplugTopic, bytes: Uint8Array): void {
    this.#strangers.overhear(at, bytes, Date.now());
  }

  /** Messages flow again; what came meanwhile is not known, so every node is asked for its births. */
  connected(): void {
    for (const node of this.#nodes.values()) {
      node.session.disconnected();
      this.#askForBirths(node, 'not_born', Date.now());
    }
  }

  /** Seals what has been said so far. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const { session, gateway } of this.#nodes.values()) {
      const drafts = session.streams.flatMap((stream) =>
        stream.drain().map((said) => gateway.seal(stream.plan, said)),
      );
      if (drafts.length === 0) continue;
      this.#options.add(
        drafts,
        drafts.reduce((bytes, { canonical }) => bytes + canonical.length + 1000, 0),
      );
    }
  }

  /** These are fsynced. */
  committed(drafts: readonly Draft[]): void {
    if (this.#nodes.size === 0) return;
    for (const draft of drafts) {
      if (draft.kind !== 'batch' || !draft.batch.content.observed) continue;
      const { gateway, machine, source, observed } = draft.batch.content;
      for (const { plan, session } of this.#nodes.values())
        if (plan.gateway === gateway)
          session.streams
            .find((stream) => stream.plan.machine === machine && stream.plan.source === source)
            ?.committed(observed.until_ns);
    }
  }

  /** What was sealed and is not durable is lost: nobody but these nodes had it, and they keep nothing. */
  rewind(): void {
    for (const node of this.#nodes.values()) {
      node.gateway.rewind(this.#options.ledger.head(node.plan.gateway));
      for (const stream of node.session.streams) stream.lost();
      node.session.disconnected();
      this.#askForBirths(node, 'not_born', Date.now());
    }
  }

  status() {
    return {
      nodes: [...this.#nodes.values()].map(({ plan, session, gateway, rebirth }) => ({
        group: plan.group,
        node: plan.node,
        gateway: plan.gateway,
        online: session.online,
        epoch: gateway.epoch,
        next_seq: gateway.next,
        ...session.counters,
        rebirths_asked: rebirth.asked,
        sources: session.streams.map((stream) => ({
          machine: stream.plan.machine,
          source: stream.plan.source,
          ...(stream.plan.device === undefined ? {} : { device: stream.plan.device }),
          observations: stream.observations,
          refused: stream.plan.mapper.refused,
        })),
      })),
      /** Metrics of listed and of other nodes that nothing is made of, by `group/node[/device]`. */
      unlisted: this.#unlisted.report(),
    };
  }

  #askForBirths({ plan, rebirth }: Node, reason: RebirthReason, now_ms: number): void {
    if (now_ms < rebirth.notBefore_ms) return;
    rebirth.notBefore_ms = now_ms + rebirth.pause_ms;
    rebirth.pause_ms = Math.min(2 * rebirth.pause_ms, longestRebirthPause_ms);
    rebirth.asked += 1;
    const { group, node } = plan;
    this.#options.log.info({ group, node, reason }, 'asking an edge node for its births');
    this.#options.command(sparkplugTopic({ group, type: 'NCMD', node }), encodeRebirthCommand(now_ms));
  }
}

function keyOf({ group, node }: Pick<SparkplugTopic, 'group' | 'node'>): string {
  return `${group}/${node}`;
}
