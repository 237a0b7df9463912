import { BenchlineError, brokerAccess, describeError, type GapReason, type Slug } from '@benchline/model';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import type { MachineStream } from '../../stream.ts';
import type { Source, SourceContext, SourceStatus } from '../port.ts';
import type { MqttConfig } from './config.ts';
import { type DeviceMessage, readMessage } from './message.ts';
import { type Released, SequenceOrder } from './order.ts';
import { Unsaid } from './unsaid.ts';

const expiry_ms = 250;
const confirmAgain_ms = 1000;
/** A connection that holds messages back hears no answer to its pings: a longer pause is spent without one. */
const held_ms = 3000;
/** A broker hands out within this time what it queued; it drops in silence what its queue has no room for. */
const queued_ms = 2000;

/** Reads one device that publishes JSON over MQTT. */
export class MqttSource implements Source {
  readonly #config: MqttConfig;
  readonly #context: SourceContext;
  readonly #stream: MachineStream;
  readonly #order: SequenceOrder | undefined;
  readonly #unsaid: Unsaid;
  readonly #counters = { messages: 0, malformed: 0, connects: 0 };
  readonly #topic: string;
  #client: MqttClient | undefined;
  #timer: NodeJS.Timeout | undefined;
  #paused = false;
  /** Gives the connection up in a pause that lasts. */
  #leaving: NodeJS.Timeout | undefined;
  /** Until then messages may come out of a queue of the broker that was too short for a pause. */
  #queuedUntil_ms = Number.NEGATIVE_INFINITY;
  /** Acknowledgements owed to the broker until what they are for is committed. */
  #owed: (() => void)[] = [];
  #interruption: GapReason | undefined;
  #lastMessage_ms: number | undefined;
  #problem: string | undefined;
  /** What the log said last of this connection. */
  #logged: string | undefined;
  #confirmed_ms = Number.NEGATIVE_INFINITY;
  #committed: { resume: string | undefined; until_ns: bigint | undefined };

  constructor(config: MqttConfig, stream: MachineStream, context: SourceContext) {
    this.#config = config;
    this.#context = context;
    this.#stream = stream;
    this.#topic = `benchline/v1/observed/${context.settings.gateway}/${config.id}`;
    this.#committed = { resume: stream.resumeToken, until_ns: stream.until_ns };
    const last = stream.resumeToken === undefined ? undefined : BigInt(stream.resumeToken);
    const patience_ms = (config.sequence?.patience_s ?? 0) * 1000;
    this.#unsaid = new Unsaid(patience_ms);
    if (config.sequence) this.#order = new SequenceOrder(patience_ms, last, stream.until_ns);
    else this.#interruption = 'gateway_restart';
  }

  start(): void {
    const { settings } = this.#context;
    const broker = brokerAccess(this.#config.broker ?? settings.broker, settings.resolve);
    const options: IClientOptions = {
      clientId: `benchline-${settings.gateway}-${this.#config.id}`,
      // The broker keeps the subscription and queues what comes while the gateway is away.
      clean: false,
      protocolVersion: 4,
      keepalive: 5,
      connectTimeout: 5000,
      reconnectPeriod: 800 + Math.random() * 400,
      ...(broker.username === undefined ? {} : { username: broker.username }),
      ...(broker.password === undefined ? {} : { password: broker.password }),
      ...(broker.ca === undefined ? {} : { ca: broker.ca }),
    };
    const client = connect(broker.url, options);
    // A message is acknowledged by this callback: it also is what holds the broker back.
    client.handleMessage = (packet, done) => {
      const { topic, payload } = packet;
      if (topic === this.#config.topic)
        this.#receive(typeof payload === 'string' ? Buffer.from(payload) : payload);
      if (this.#paused || (!this.#order && this.#stream.waiting)) this.#owed.push(done);
      else done();
    };
    client.on('connect', () => this.#connected(client));
    client.on('offline', () => this.#disconnected());
    client.on('close', () => this.#disconnected());
    client.on('error', (error) => this.#failed(error));
    this.#client = client;
    this.#timer = setInterval(() => this.#accept(this.#order?.expire(performance.now()) ?? []), expiry_ms);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    clearTimeout(this.#leaving);
    this.#timer = undefined;
    // What was received and not committed stays unacknowledged: the broker delivers it again.
    await this.#client?.endAsync(true);
    this.#client = undefined;
  }

  /** The broker queues what comes meanwhile, and a device that buffers keeps what is not confirmed. */
  pause(): void {
    this.#paused = true;
    this.#leaving ??= setTimeout(() => this.#client?.end(true), held_ms).unref();
  }

  resume(): void {
    clearTimeout(this.#leaving);
    this.#leaving = undefined;
    this.#paused = false;
    this.#queuedUntil_ms = performance.now() + queued_ms;
    this.#settle();
    if (this.#client?.disconnecting) this.#client.reconnect();
  }

  committed(_machine: Slug, state: { resume: string | undefined; until_ns: bigint | undefined }): void {
    if (!this.#paused) this.#settle();
    const news = state.resume !== undefined && state.resume !== this.#committed.resume;
    this.#committed = {
      resume: state.resume ?? this.#committed.resume,
      until_ns: state.until_ns ?? this.#committed.until_ns,
    };
    if (news) this.#confirm();
  }

  #state(): SourceStatus['state'] {
    if (this.#client === undefined) return 'stopped';
    // In a pause the connection is given up on purpose.
    if (!this.#client.connected) return this.#paused ? 'running' : 'connecting';
    const silent_ms = this.#lastMessage_ms === undefined ? Infinity : Date.now() - this.#lastMessage_ms;
    return silent_ms > this.#config.heartbeat_s * 1000 ? 'stalled' : 'running';
  }

  status(): SourceStatus {
    return {
      state: this.#state(),
      connected: this.#client?.connected ?? false,
      last_message_ms: this.#lastMessage_ms,
      problem: this.#problem,
      counters: { ...this.#counters, ...this.#order?.counters },
      details: { topic: this.#config.topic, paused: this.#paused },
    };
  }

  #connected(client: MqttClient): void {
    this.#counters.connects += 1;
    this.#problem = undefined;
    this.#logged = undefined;
    client.subscribe(this.#config.topic, { qos: 1 }, (error, granted) => {
      if (error) this.#failed(error);
      else if (granted?.some((g) => g.qos > 2))
        this.#failed(
          new BenchlineError('source_unavailable', `the broker refuses ${this.#config.topic}`, {
            hint: "allow the gateway's user to read this topic",
          }),
        );
    });
    // The broker may have been restarted without what it had retained.
    this.#confirm();
  }

  #disconnected(): void {
    // Their packets belong to a connection that is gone; the broker sends them again.
    this.#owed = [];
    if (!this.#order) this.#interruption ??= this.#paused ? 'spool_full' : 'source_disconnected';
  }

  #failed(error: Error): void {
    this.#problem = describeError(error);
    if (this.#problem !== this.#logged) this.#context.log.warn({ source: this.#config.id }, this.#problem);
    this.#logged = this.#problem;
  }

  #receive(payload: Uint8Array): void {
    this.#lastMessage_ms = Date.now();
    this.#counters.messages += 1;
    let message: DeviceMessage;
    try {
      message = readMessage(payload, this.#config);
    } catch (error) {
      this.#malformed(error);
      return;
    }
    // Of a device that falls silent later, what it once sent is not the reason.
    this.#problem = undefined;
    const { sequence } = message;
    if (this.#order && sequence !== undefined) this.#number(this.#order, { ...message, sequence });
    else this.#take(message, this.#interruption ?? (this.#queued ? 'spool_full' : undefined));
  }

  /** What cannot be read is lost: where numbers do not show that by themselves, the next message has a gap before it. */
  #malformed(error: unknown): void {
    this.#counters.malformed += 1;
    if (!this.#order) this.#interruption ??= 'sequence_jump';
    this.#failed(error instanceof Error ? error : new Error(String(error)));
  }

  #number(order: SequenceOrder, message: DeviceMessage & { sequence: bigint }): void {
    const { repeats } = order.counters;
    this.#accept(order.push(message, performance.now()));
    // A device that repeats itself has missed what was confirmed.
    if (order.counters.repeats > repeats && performance.now() - this.#confirmed_ms > confirmAgain_ms)
      this.#confirm();
  }

  #accept(released: readonly Released[]): void {
    for (const { message, jump } of released) {
      const now_ms = performance.now();
      if (jump) this.#unsaid.lost(this.#stream.signals, now_ms);
      const blind = jump || this.#unsaid.waits(now_ms);
      for (const { signal } of message.readings) this.#unsaid.said(signal);
      this.#take(message, blind ? (this.#queued ? 'spool_full' : 'sequence_jump') : undefined);
      this.#stream.resumable(message.sequence.toString());
    }
  }

  get #queued(): boolean {
    return performance.now() < this.#queuedUntil_ms;
  }

  #take(message: DeviceMessage, interruption: GapReason | undefined): void {
    for (const reading of message.readings) this.#stream.take(reading);
    if (interruption === undefined) this.#stream.observed(message.time_ns);
    else this.#stream.interrupted(interruption, message.time_ns);
    this.#interruption = undefined;
  }

  #settle(): void {
    for (const done of this.#owed.splice(0)) done();
  }

  /**
   * Tells the device what is committed: it re-sends from the number after this one. One that says only what changes
   * is also asked to say everything once where messages were lost.
   */
  #confirm(): void {
    const { resume, until_ns } = this.#committed;
    if (resume === undefined || !this.#client?.connected) return;
    this.#confirmed_ms = performance.now();
    // A JSON number of any size: the device's own, digit by digit.
    const wish = this.#unsaid.any ? ',"say_all":true' : '';
    const body = `{"machine":"${this.#config.machine}","seq":${resume},"until_ns":${JSON.stringify(until_ns?.toString() ?? null)}${wish}}`;
    this.#client.publish(this.#topic, body, { qos: 1, retain: true });
  }
}
