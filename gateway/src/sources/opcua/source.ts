import { setTimeout as sleep } from 'node:timers/promises';
import { BenchlineError, describeError, type GapReason, isoFromNs, readPassword } from '@benchline/model';
import type { MachineTags } from '@benchline/model/mapping';
import { backOff } from '../back-off.ts';
import type { Source, SourceContext, SourceStatus } from '../port.ts';
import type { OpcuaConfig } from './config.ts';
import { readClock } from './data-value.ts';
import type { Item, ItemResult } from './items.ts';
import { connectLink, isBroken, type Link, type LinkOptions, type Session } from './link.ts';
import { Observer } from './observer.ts';
import { planOf } from './plan.ts';
import { RefusedItems } from './refused.ts';
import { Subscription } from './subscription.ts';

const serverStartTime = 'i=2257';
/** A server that says nothing for so long is taken for dead, although its connection stands. */
const stall_ms = 4000;
/** Thousands of items take a slow controller a while; one that stops answering meanwhile must not take for ever. */
const setUp_ms = 60_000;
const watch_ms = 500;
/** Somebody who has just moved a certificate should not have to wait. */
const untrustedRetry_ms = 5000;
const resumeRetry_ms = 2000;
/** A connection that lasts shorter counts as a failure, so that it is not made again at once. */
const lasting_ms = 10_000;

type End = 'disconnected' | 'stalled' | 'subscription_lost' | 'stopped';

/** Reads one OPC UA server: connects, watches, and begins anew whenever that breaks. It never writes. */
export class OpcuaSource implements Source {
  readonly #config: OpcuaConfig;
  readonly #context: SourceContext;
  readonly #machines: readonly MachineTags[];
  readonly #observer: Observer;
  readonly #addresses: readonly string[];
  readonly #counters = { connects: 0, sessions: 0, subscriptions: 0, failed_attempts: 0, stalls: 0 };
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #session: Session | undefined;
  #subscription: Subscription | undefined;
  #paused = false;
  #connected = false;
  #stalled = false;
  #problem: string | undefined;
  #startTime: bigint | undefined;
  readonly #refused = new RefusedItems();
  #sampling_ms: number | undefined;
  #lastEnd: End | undefined;
  #end: (end: End) => void = () => {};

  constructor(config: OpcuaConfig, machines: readonly MachineTags[], context: SourceContext) {
    this.#config = config;
    this.#context = context;
    this.#machines = machines;
    const targets = machines.flatMap(({ machine, tags }) => {
      const stream = context.streams.get(machine);
      return stream ? [...tags.keys()].map((signal) => ({ stream, signal })) : [];
    });
    this.#addresses = machines.flatMap(({ tags }) => [...tags.values()].map((tag) => tag.address));
    this.#observer = new Observer(targets, config.clock !== undefined);
  }

  start(): void {
    this.#running = this.#run(this.#stopping.signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  pause(): void {
    this.#paused = true;
    this.#observer.pause();
    this.#subscription?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#observer.resume();
    this.#subscription?.resume();
  }

  status(): SourceStatus {
    return {
      state: this.#state(),
      connected: this.#connected,
      last_message_ms: this.#subscription?.lastResponse_ms,
      problem: this.#problem ?? this.#refusal(),
      counters: { ...this.#counters, ...this.#observer.counters },
      details: {
        endpoint: this.#config.endpoint,
        security: this.#config.security.mode,
        paused: this.#paused,
        ...(this.#sampling_ms === undefined ? {} : { revised_sampling_interval_ms: this.#sampling_ms }),
        ...(this.#observer.clock_ns === undefined ? {} : { clock: isoFromNs(this.#observer.clock_ns) }),
        ...(this.#observer.clockOffset_s === undefined
          ? {}
          : { clock_offset_s: this.#observer.clockOffset_s }),
      },
    };
  }

  #state(): SourceStatus['state'] {
    if (this.#stopping.signal.aborted) return 'stopped';
    if (this.#connected) return 'running';
    return this.#stalled ? 'stalled' : 'connecting';
  }

  #refusal(): string | undefined {
    const [first, ...others] = this.#refused.items;
    if (!first) return undefined;
    const address = this.#addresses[first.handle] ?? 'its clock';
    return `the server refuses ${others.length + 1} nodes, the first is ${address}; they are asked for again`;
  }

  async #run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      const begun_ms = performance.now();
      let limit_ms: number | undefined;
      try {
        this.#lastEnd = await this.#connection(signal);
        if (this.#lastEnd === 'stopped') return;
        this.#context.log.warn({ source: this.#config.id, reason: this.#lastEnd }, 'source interrupted');
        failures = performance.now() - begun_ms < lasting_ms ? failures + 1 : 0;
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        this.#failed(error);
        if (error instanceof BenchlineError && error.code === 'certificate_untrusted')
          limit_ms = untrustedRetry_ms;
      }
      // What the server keeps for us does not last.
      if (this.#subscription) limit_ms = resumeRetry_ms;
      await sleep(backOff(failures, limit_ms), undefined, { signal }).catch(() => {});
    }
  }

  #failed(error: unknown): void {
    this.#counters.failed_attempts += 1;
    const problem = describeError(error);
    if (problem !== this.#problem) {
      const code = error instanceof BenchlineError ? error.code : undefined;
      this.#context.log.warn({ source: this.#config.id, code }, problem);
    }
    this.#problem = problem;
  }

  /** One connection from beginning to end; resolves with how it ended. */
  async #connection(signal: AbortSignal): Promise<End> {
    const ended = Promise.withResolvers<End>();
    this.#end = ended.resolve;
    const link = await connectLink(
      this.#linkOptions(),
      this.#session,
      () => ended.resolve('disconnected'),
      signal,
    );
    const over = new AbortController();
    let end: End = 'subscription_lost';
    try {
      this.#counters.connects += 1;
      // A server that stops answering in the middle of this must not hold up the end of the process.
      end = await Promise.race([this.#work(link, ended.promise, over.signal), this.#silence(signal)]);
      return end;
    } catch (error) {
      if (isBroken(error)) end = 'disconnected';
      throw error;
    } finally {
      over.abort();
      this.#connected = false;
      await this.#leave(link, end);
    }
  }

  async #work(link: Link, ended: Promise<End>, over: AbortSignal): Promise<End> {
    const subscription = await this.#watch(link);
    void this.#refused.askAgain(subscription, over);
    this.#connected = true;
    this.#stalled = false;
    this.#problem = undefined;
    return ended;
  }

  /** Goes on with the subscription where the server still has it without a hole, or makes a new one. */
  async #watch(link: Link): Promise<Subscription> {
    const before = this.#subscription;
    if (before && link.continued && (await before.continueOn(link.session))) return before;
    this.#subscription?.end();
    this.#subscription = undefined;
    this.#session = link.session;
    this.#counters.sessions += 1;
    const plan = planOf(this.#config, this.#machines, await link.session.readNamespaceArray());
    const reason = await this.#interruption(link.session);
    const { subscription, results } = await Subscription.create(
      link.session,
      {
        publishing_interval_ms: this.#config.publishing_interval_ms,
        lifetime_ms: lifetimeOf(this.#config),
      },
      plan,
      {
        values: (values, time, complete) => this.#observer.values(values, time, complete),
        lost: (error) => {
          this.#problem = describeError(error);
          this.#end('subscription_lost');
        },
      },
    );
    this.#counters.subscriptions += 1;
    this.#subscription = subscription;
    this.#noteResults(plan, results);
    this.#observer.begin(reason, results);
    if (this.#paused) subscription.pause();
    else subscription.run();
    return subscription;
  }

  #noteResults(plan: readonly Item[], results: readonly ItemResult[]): void {
    this.#sampling_ms = results.slice(0, -1).reduce((most, r) => Math.max(most, r.sampling_interval_ms), 0);
    this.#refused.note(plan, results);
    const nodes = this.#refused.items
      .slice(0, 20)
      .map(({ handle }) => this.#addresses[handle] ?? 'its clock');
    if (nodes.length > 0) this.#context.log.warn({ source: this.#config.id, nodes }, 'nodes refused');
  }

  async #interruption(session: Session): Promise<GapReason> {
    const startTime = readClock(await session.read({ nodeId: serverStartTime }));
    const before = this.#startTime;
    this.#startTime = startTime;
    if (this.#lastEnd === undefined) return 'gateway_restart';
    if (startTime !== before) return 'source_restarted';
    return this.#lastEnd === 'stalled' ? 'source_stalled' : 'source_disconnected';
  }

  /** Resolves when the server has been silent for too long, or when the source is stopped. */
  async #silence(signal: AbortSignal): Promise<End> {
    const begun_ms = performance.now();
    while (!signal.aborted) {
      await sleep(watch_ms, undefined, { signal }).catch(() => {});
      const subscription = this.#subscription;
      if (!this.#connected && performance.now() - begun_ms < setUp_ms) continue;
      if (this.#connected && (!subscription || subscription.paused || subscription.silent_ms < stall_ms))
        continue;
      this.#counters.stalls += 1;
      this.#stalled = true;
      return 'stalled';
    }
    return 'stopped';
  }

  /** Keeps the session for the next connection where the server may still have it. */
  async #leave(link: Link, end: End): Promise<void> {
    if ((end === 'disconnected' || end === 'stalled') && this.#subscription) return link.abandon();
    this.#subscription?.end();
    this.#subscription = undefined;
    this.#session = undefined;
    await link.close();
  }

  #linkOptions(): LinkOptions {
    const { endpoint, security } = this.#config;
    const { settings, log } = this.#context;
    const file = security.mode === 'SignAndEncrypt' ? security.password_file : undefined;
    return {
      endpoint,
      security,
      password: file === undefined ? undefined : readPassword(settings.resolve(file)),
      pki_dir: settings.pki_dir,
      gateway: settings.gateway,
      session_timeout_ms: lifetimeOf(this.#config),
      log,
    };
  }
}

/**
 * How long a server keeps what belongs to a gateway that is silent: twice the outage that is to be bridged, and no
 * longer, because a gateway that was killed cannot take it up again and it holds the place of its successor.
 */
function lifetimeOf({ survive_outage_s }: OpcuaConfig): number {
  return Math.max(30, 2 * survive_outage_s) * 1000;
}
