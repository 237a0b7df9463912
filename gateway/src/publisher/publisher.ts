import { setTimeout as delay } from 'node:timers/promises';
import { describeError } from '@benchline/model';
import { BirthNumbers } from './bd-seq.ts';
import { Connections } from './connections.ts';
import { Exchange } from './exchange.ts';
import { Inbox } from './inbox.ts';
import { Link } from './link.ts';
import type { Publisher, PublisherAlarm, PublisherOptions, PublisherStatus } from './port.ts';
import { PrimaryHost } from './primary-host.ts';
import { Voice } from './voice.ts';
import { Wake } from './wake.ts';

/** However long nothing happens, it is looked again. */
const reportPause_ms = 5000;
const idle_ms = 10_000;

/** Makes the publisher of a spool; nothing is connected until `start`. */
export function openPublisher(options: PublisherOptions): Publisher {
  return new SparkplugPublisher(options);
}

class SparkplugPublisher implements Publisher {
  readonly #options: PublisherOptions;
  readonly #host: PrimaryHost | undefined;
  readonly #inbox: Inbox;
  readonly #exchange: Exchange;
  readonly #voice: Voice;
  readonly #births: BirthNumbers;
  readonly #connections = new Connections();
  readonly #wake = new Wake();
  readonly #stopping = new AbortController();
  #connects = 0;
  /** The present connection has a name of its own, beside another gateway's. */
  #aside = false;
  #running: Promise<void> = Promise.resolve();
  #connectedSince: number | undefined;
  /** Why there was no connection when it was last tried. */
  #complaint: string | undefined;

  constructor(options: PublisherOptions) {
    this.#options = options;
    const { primary_host } = options;
    this.#host = primary_host === undefined ? undefined : new PrimaryHost(primary_host);
    this.#inbox = new Inbox({ ...options, host: this.#host });
    this.#voice = new Voice(options);
    this.#births = new BirthNumbers(options.bd_seq_file);
    this.#exchange = new Exchange(options, { inbox: this.#inbox, voice: this.#voice, wake: this.#wake });
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
    const { refused } = this.#inbox;
    const { flow, counters } = this.#exchange;
    return {
      connected: this.#connectedSince !== undefined,
      connected_since_ms: this.#connectedSince,
      cursor: flow.cursor,
      in_flight: flow.inFlight,
      window: flow.window,
      waiting_for: this.#waitingFor(),
      alarms: this.#alarms(),
      acks_refused: { ...refused },
      counters: {
        connects: this.#connects,
        ...counters,
        ...this.#inbox.counters,
        acks_ignored: Object.values(refused).reduce((sum, count) => sum + count, 0),
      },
    };
  }

  #waitingFor(): PublisherStatus['waiting_for'] {
    if (this.#connectedSince === undefined) return undefined;
    if (this.#host?.online === false) return 'primary_host';
    if (this.#exchange.rival.present) return 'second_gateway';
    return this.#exchange.waiting ? 'ledger' : undefined;
  }

  #alarms(): PublisherAlarm[] {
    const now_ms = performance.now();
    return [
      ...(this.#exchange.rival.alarmed(now_ms) ? (['second_gateway'] as const) : []),
      ...(this.#connections.contested(now_ms) ? (['client_id_contested'] as const) : []),
      ...(this.#inbox.alarmed(now_ms) ? (['forged_acknowledgements'] as const) : []),
    ];
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const wait_ms = await this.#connectAndServe(signal);
      this.#connectedSince = undefined;
      await delay(wait_ms, undefined, { signal }).catch(() => undefined);
    }
  }

  /** One connection from its first attempt to its end. @returns when to make the next. */
  async #connectAndServe(signal: AbortSignal): Promise<number> {
    const { log } = this.#options;
    let begun_ms: number | undefined;
    try {
      const link = await this.#connect();
      begun_ms = performance.now();
      this.#complaint = undefined;
      await this.#serve(link);
    } catch (error) {
      const reason = describeError(error);
      if (!signal.aborted && reason !== this.#complaint)
        log.warn({ reason }, 'not publishing; trying again until it can');
      this.#complaint = reason;
    }
    const now_ms = performance.now();
    if (begun_ms === undefined) return this.#connections.failed();
    const before = this.#connections.contested(now_ms);
    const wait_ms = this.#connections.ended(now_ms - begun_ms, now_ms);
    if (!before && this.#connections.contested(now_ms))
      log.error(
        { client_id: this.#clientId },
        'the broker ends one connection after the other: does another gateway have the same id?',
      );
    return wait_ms;
  }

  /** Beside another gateway of the same name it only listens, and does not throw it out of the broker by its name. */
  get #clientId(): string {
    const { gateway, group } = this.#options;
    return `benchline-gateway-${group}-${gateway}${this.#exchange.rival.alive ? '-standby' : ''}`;
  }

  async #connect(): Promise<Link> {
    this.#voice.nextConnection(await this.#births.next());
    this.#host?.reset();
    return Link.open(
      {
        broker: this.#options.broker,
        client_id: this.#clientId,
        will: this.#voice.death(),
        topics: [...Object.values(this.#inbox.topics), ...(this.#host ? [this.#host.topic] : [])],
        receive: (topic, payload, retained) => {
          this.#inbox.receive(topic, payload, retained);
          this.#wake.wake();
        },
      },
      this.#stopping.signal,
    );
  }

  /** Publishes until the connection is gone, the primary host is, or `stop` was called. */
  async #serve(link: Link): Promise<void> {
    const { spool, log } = this.#options;
    this.#connectedSince = Date.now();
    this.#connects += 1;
    const wake = () => this.#wake.wake();
    link.closed.addEventListener('abort', wake, { once: true });
    log.info({ connects: this.#connects, next: spool.next }, 'connected to the broker');
    let born = false;
    let reporting: NodeJS.Timeout | undefined;
    try {
      while (!this.#ended(link) && !this.#hostOnline) await this.#wake.sleep(idle_ms);
      if (!this.#ended(link)) {
        born = true;
        await this.#exchange.begin(link);
        reporting = setInterval(() => this.#report(link), reportPause_ms);
      }
      this.#aside = this.#exchange.rival.alive;
      while (!this.#ended(link) && this.#hostOnline && !this.#inTheWay) await this.#exchange.step();
    } finally {
      clearInterval(reporting);
      const orderly = this.#stopping.signal.aborted || (born && !this.#hostOnline);
      await (orderly ? link.end(born ? this.#voice.death() : undefined) : link.cut());
    }
    log.info(this.#hostOnline ? 'disconnected from the broker' : 'the primary host is offline: disconnected');
  }

  #report(link: Link): void {
    const report = this.#options.report?.();
    if (report) void this.#voice.report(report, (topic, payload) => link.send(topic, payload));
  }

  #ended(link: Link): boolean {
    return link.closed.aborted || this.#stopping.signal.aborted;
  }

  /** Whether this connection bears the name that another gateway works under. */
  get #inTheWay(): boolean {
    return this.#exchange.rival.alive && !this.#aside;
  }

  get #hostOnline(): boolean {
    return this.#host?.online ?? true;
  }
}
