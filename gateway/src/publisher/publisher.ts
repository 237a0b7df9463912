import { setTimeout as delay, setImmediate } from 'node:timers/promises';
import { type Acknowledgement, describeError, type SignedBatch } from '@benchline/model';
import { backOff } from '../sources/back-off.ts';
import { Flow } from './flow.ts';
import { Inbox } from './inbox.ts';
import { Link } from './link.ts';
import type { Publisher, PublisherOptions, PublisherStatus } from './port.ts';
import { type Send, Voice } from './voice.ts';
import { Wake } from './wake.ts';

const defaultWindow = 512;
const defaultStall_ms = 2000;
/** Between two hellos without an answer at most. */
const longestHello_ms = 5000;
/** After a first hello, data goes out without an answer, for consumers that are no ledger of ours. */
const firstAnswer_ms = 1000;
const longestBackOff_ms = 5000;
/** A connection that lasted so long was a good one: the next failure is a first one. */
const goodConnection_ms = 10_000;
/** Between two epochs at least: two gateways with one identity would otherwise drive each other. */
const renewalPause_ms = 60_000;
const rebirthPause_ms = 1000;
const idle_ms = 10_000;
const readBytes = 256 * 1024;

export function openPublisher(options: PublisherOptions): Publisher {
  return new SparkplugPublisher(options);
}

/** Of a hello that no ledger has answered yet. */
interface Greeting {
  until_ms: number;
  /** How long it was waited for; then hello is said again. Undefined: then data is sent all the same. */
  waited_ms: number | undefined;
}

class SparkplugPublisher implements Publisher {
  readonly #options: PublisherOptions;
  readonly #stall_ms: number;
  readonly #inbox: Inbox;
  readonly #flow: Flow;
  readonly #voice: Voice;
  readonly #wake = new Wake();
  readonly #stopping = new AbortController();
  readonly #counters = {
    connects: 0,
    batches_sent: 0,
    batches_resent: 0,
    rewinds: 0,
    stalls: 0,
    rebirths: 0,
  };
  #running: Promise<void> = Promise.resolve();
  #link: Link | undefined;
  #connectedSince: number | undefined;
  #greeting: Greeting | undefined;
  /** Batches below were committed before this connection: to its consumers they are history. */
  #liveFrom = 0;
  /** The lowest batch offered by the last hello. */
  #offeredFloor = 0;
  /** Above the spool's own floor where batches in its middle do not read back. */
  #readableFloor = 0;
  /** Where the spool ended when it was last looked at. */
  #lookedUpTo = 0;
  #newestAck_ns = 0n;
  #renewed_ms = Number.NEGATIVE_INFINITY;
  #reborn_ms = Number.NEGATIVE_INFINITY;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#stall_ms = options.stall_ms ?? defaultStall_ms;
    this.#inbox = new Inbox(options);
    this.#voice = new Voice(options);
    this.#flow = new Flow(options.spool.acked, options.window ?? defaultWindow);
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake.wake();
    await this.#running;
  }

  status(): PublisherStatus {
    return {
      connected: this.#connectedSince !== undefined,
      connected_since_ms: this.#connectedSince,
      cursor: this.#flow.cursor,
      in_flight: this.#flow.inFlight,
      counters: { ...this.#counters, ...this.#inbox.counters },
    };
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        await this.#serve(await this.#connect());
      } catch (error) {
        if (!signal.aborted) this.#options.log.warn({ reason: describeError(error) }, 'not publishing');
      }
      if (Date.now() - (this.#connectedSince ?? Date.now()) > goodConnection_ms) failures = 0;
      this.#link = undefined;
      this.#connectedSince = undefined;
      await delay(backOff(failures, longestBackOff_ms), undefined, { signal }).catch(() => undefined);
    }
  }

  #connect(): Promise<Link> {
    const { gateway, group, broker } = this.#options;
    this.#voice.nextConnection();
    return Link.open(
      {
        broker,
        client_id: `benchline-gateway-${group}-${gateway}`,
        will: this.#voice.death(),
        topics: Object.values(this.#inbox.topics),
        receive: (topic, payload) => {
          this.#inbox.receive(topic, payload);
          this.#wake.wake();
        },
      },
      this.#stopping.signal,
    );
  }

  /** Publishes until the connection is gone or `stop` was called. */
  async #serve(link: Link): Promise<void> {
    const { spool, log } = this.#options;
    this.#link = link;
    this.#connectedSince = Date.now();
    this.#counters.connects += 1;
    this.#liveFrom = spool.next;
    const wake = () => this.#wake.wake();
    link.closed.addEventListener('abort', wake, { once: true });
    log.info({ connects: this.#counters.connects, next: spool.next }, 'connected to the broker');
    this.#flow.rewind();
    try {
      await this.#greet(firstAnswer_ms, undefined);
      while (!link.closed.aborted && !this.#stopping.signal.aborted) await this.#step();
    } finally {
      await (this.#stopping.signal.aborted ? link.end(this.#voice.death()) : link.cut());
    }
    log.info('disconnected from the broker');
  }

  /** Does what is to be done now, then sleeps until there may be something again. */
  async #step(): Promise<void> {
    const ack = this.#inbox.takeAck();
    if (ack) await this.#considerAck(ack);
    if (this.#inbox.takeRebirth()) await this.#rebirth();
    if (this.#greeting) await this.#awaitAnswer(this.#greeting);
    else if ((this.#flow.untilStall(Date.now(), this.#stall_ms) ?? 1) <= 0) await this.#stalled();
    else if (!(await this.#sendSome())) await this.#sleep();
  }

  async #considerAck({ epoch, seq, digest, at_ns }: Acknowledgement): Promise<void> {
    const { spool } = this.#options;
    if (epoch > spool.epoch) return this.#renew(epoch);
    // A broker that was restarted may come back with an old retained acknowledgement.
    const stale = seq < this.#flow.acked && at_ns < this.#newestAck_ns;
    if (epoch !== spool.epoch || stale) {
      this.#inbox.counters.acks_ignored += 1;
      return;
    }
    if (!(await spool.acknowledge(seq, digest))) return this.#renew(spool.epoch);
    this.#newestAck_ns = at_ns;
    if (this.#flow.acknowledged(seq, Date.now())) {
      this.#counters.rewinds += 1;
      this.#readableFloor = 0;
    }
    if (this.#greeting) {
      this.#flow.rewind();
      this.#greeting = undefined;
    }
  }

  /** The ledger knows a history of this gateway that the spool has lost. */
  async #renew(after: string): Promise<void> {
    const { spool, log } = this.#options;
    if (Date.now() - this.#renewed_ms < renewalPause_ms) return;
    this.#renewed_ms = Date.now();
    log.error(
      { epoch: spool.epoch, known: after },
      'the ledger holds batches that the spool lost: new epoch',
    );
    await spool.renew(after);
    this.#flow.reset();
    this.#readableFloor = 0;
    await this.#greet(this.#stall_ms, this.#stall_ms);
  }

  async #awaitAnswer({ until_ms, waited_ms }: Greeting): Promise<void> {
    const left_ms = until_ms - Date.now();
    if (left_ms > 0) await this.#wake.sleep(left_ms);
    else if (waited_ms === undefined) this.#greeting = undefined;
    else {
      const longer_ms = Math.min(2 * waited_ms, longestHello_ms);
      await this.#greet(longer_ms, longer_ms);
    }
  }

  /** Nothing was acknowledged for too long: ask the ledger where it stands before anything is sent again. */
  async #stalled(): Promise<void> {
    this.#counters.stalls += 1;
    this.#flow.rewind();
    await this.#greet(this.#stall_ms, this.#stall_ms);
  }

  async #rebirth(): Promise<void> {
    if (Date.now() - this.#reborn_ms < rebirthPause_ms) return;
    this.#reborn_ms = Date.now();
    this.#counters.rebirths += 1;
    await this.#sayBirths();
  }

  /** Says hello and waits for an answer before sending more. */
  async #greet(wait_ms: number, waited_ms: number | undefined): Promise<void> {
    this.#greeting = { until_ms: Date.now() + wait_ms, waited_ms };
    await this.#sayBirths();
  }

  async #sayBirths(): Promise<void> {
    this.#offeredFloor = Math.max(this.#options.spool.floor, this.#readableFloor);
    await this.#voice.births(this.#offeredFloor, this.#send);
  }

  /** Sends what the window has room for, until there is something else to do; whether anything was sent. */
  async #sendSome(): Promise<boolean> {
    const { cursor, full } = this.#flow;
    this.#lookedUpTo = this.#options.spool.next;
    if (full || cursor >= this.#lookedUpTo) return false;
    const batches = await this.#options.spool.read(cursor, readBytes);
    for (const batch of batches) {
      if (this.#flow.full || !this.#inbox.empty || this.#link?.closed.aborted !== false) break;
      if (batch.content.seq > this.#flow.cursor && !(await this.#skipTo(batch.content.seq))) return false;
      await this.#sendBatch(batch);
    }
    // Encoding a backlog must not keep acknowledgements, sources and timers waiting.
    await setImmediate();
    return batches.length > 0;
  }

  /**
   * The batches from the cursor to `seq` are gone. A ledger takes that from a hello only, and only once it has
   * everything before them.
   */
  async #skipTo(seq: number): Promise<boolean> {
    if (this.#flow.inFlight > 0) return false;
    this.#readableFloor = seq;
    if (seq > this.#offeredFloor) await this.#sayBirths();
    return true;
  }

  async #sendBatch(batch: SignedBatch): Promise<void> {
    const { seq } = batch.content;
    const again = this.#flow.sent(seq, Date.now());
    this.#counters.batches_sent += 1;
    if (again) this.#counters.batches_resent += 1;
    await this.#voice.data(batch, again || seq < this.#liveFrom, this.#send);
  }

  readonly #send: Send = async (topic, payload) => this.#link?.send(topic, payload);

  async #sleep(): Promise<void> {
    const { cursor, full } = this.#flow;
    const awake = new AbortController();
    if (!full)
      void this.#options.spool
        .waitFor(Math.max(cursor, this.#lookedUpTo), awake.signal)
        .then(() => awake.signal.aborted || this.#wake.wake());
    const stall_ms = this.#flow.untilStall(Date.now(), this.#stall_ms) ?? idle_ms;
    await this.#wake.sleep(Math.max(0, Math.min(stall_ms, idle_ms)));
    awake.abort();
  }
}
