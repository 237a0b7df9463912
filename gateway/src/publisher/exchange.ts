import { setImmediate } from 'node:timers/promises';
import { msFromNs, type SignedBatch } from '@benchline/model';
import { Flow } from './flow.ts';
import type { Inbox, ReceivedAck } from './inbox.ts';
import type { Link } from './link.ts';
import type { PublisherOptions } from './port.ts';
import { RenewalPause } from './renewal-pause.ts';
import { Rival } from './rival.ts';
import type { Send, Voice } from './voice.ts';
import type { Wake } from './wake.ts';

const defaultWindow = 2048;
const defaultStall_ms = 1000;
/** Between two hellos without an answer at most. */
const longestHello_ms = 5000;
/** After a first hello, data goes out without an answer, for consumers that are no ledger of ours. */
const firstAnswer_ms = 1000;
const rebirthPause_ms = 1000;
const idle_ms = 10_000;
/** What is older when it goes out is history to whoever shows the present. */
const present_ms = 10_000;
const readBytes = 256 * 1024;

/** Of a hello that no ledger has answered yet. */
interface Greeting {
  until_ms: number;
  /** How long it was waited for; then hello is said again. Undefined: then data is sent all the same. */
  waited_ms: number | undefined;
}

/** What goes on between this gateway and its ledger, from one connection to the next. */
export class Exchange {
  readonly counters = { batches_sent: 0, batches_resent: 0, rewinds: 0, stalls: 0, rebirths: 0 };
  readonly flow: Flow;
  readonly rival = new Rival();
  readonly #options: PublisherOptions;
  readonly #stall_ms: number;
  readonly #inbox: Inbox;
  readonly #voice: Voice;
  readonly #wake: Wake;
  #link: Link | undefined;
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
  readonly #renewalPause = new RenewalPause();
  #reborn_ms = Number.NEGATIVE_INFINITY;

  constructor(options: PublisherOptions, parts: { inbox: Inbox; voice: Voice; wake: Wake }) {
    const { window = defaultWindow, stall_ms = defaultStall_ms, spool } = options;
    this.#options = options;
    this.#stall_ms = stall_ms;
    this.#inbox = parts.inbox;
    this.#voice = parts.voice;
    this.#wake = parts.wake;
    this.flow = new Flow(spool.acked, { window, stall_ms });
  }

  /** Whether a hello waits for its answer. */
  get waiting(): boolean {
    return this.#greeting !== undefined;
  }

  /** Says hello on a new connection. */
  async begin(link: Link): Promise<void> {
    const { spool } = this.#options;
    this.#link = link;
    this.#liveFrom = spool.next;
    this.flow.rewind();
    await this.#greet(firstAnswer_ms, spool.doubtful_from === undefined ? undefined : firstAnswer_ms);
  }

  /** Does what is to be done now, then sleeps until there may be something again. */
  async step(): Promise<void> {
    const ack = this.#inbox.takeAck();
    if (ack) await this.#considerAck(ack);
    if (this.#inbox.takeRebirth()) await this.#rebirth();
    if (this.#greeting) await this.#awaitAnswer(this.#greeting);
    else if ((this.flow.untilStall(performance.now()) ?? 1) <= 0) await this.#stalled();
    else if ((this.flow.untilRetry(performance.now()) ?? 1) <= 0) await this.#retry();
    else if (!(await this.#sendSome())) await this.#sleep();
  }

  async #considerAck(ack: ReceivedAck): Promise<void> {
    const { spool } = this.#options;
    if (ack.epoch !== spool.epoch) return this.#otherEpoch(ack);
    this.rival.gone();
    // Replayed by somebody, or remembered by the broker; or the ledger's clock was set back. Its answer will tell.
    if (ack.at_ns < this.#newestAck_ns && !this.#greeting) {
      this.#inbox.refused.stale += 1;
      return this.#greet(this.#stall_ms, this.#stall_ms);
    }
    if (!(await spool.acknowledge(ack.seq, ack.digest))) return this.#renew(spool.epoch);
    this.#newestAck_ns = ack.at_ns;
    const step = this.flow.acknowledged(ack.seq, performance.now());
    if (step === 'back') this.#readableFloor = 0;
    if (step === 'back' || step === 'lost') this.counters.rewinds += 1;
    if (ack.retained) return;
    spool.settleDoubt();
    // More than one hello went unheard: that was no congestion.
    if ((this.#greeting?.waited_ms ?? 0) > this.#stall_ms) this.flow.begin();
    else if (this.#greeting) this.flow.rewind();
    this.#greeting = undefined;
  }

  /** The ledger speaks of another life of this gateway. Only a newer one matters: it takes nothing of this one. */
  async #otherEpoch({ epoch, seq }: ReceivedAck): Promise<void> {
    this.#inbox.refused.other_epoch += 1;
    if (epoch < this.#options.spool.epoch) return;
    const alarmed = this.rival.alarmed(performance.now());
    if (this.rival.heard({ epoch, seq }, performance.now())) return this.#renew(epoch);
    if (!alarmed && this.rival.alarmed(performance.now()))
      this.#options.log.error(
        { gateway: this.#options.gateway, epoch },
        'another gateway is at work under this name: this one sends nothing; stop one of them, or give it an id and a key of its own',
      );
    this.#greeting ??= { until_ms: performance.now() + this.#stall_ms, waited_ms: this.#stall_ms };
    this.#greeting.waited_ms ??= this.#stall_ms;
  }

  /** The ledger knows a history of this gateway that the spool has lost. */
  async #renew(after: string): Promise<void> {
    const { spool, log } = this.#options;
    if (!this.#renewalPause.over(performance.now())) return;
    log.error(
      { epoch: spool.epoch, known: after },
      'the ledger holds batches that the spool lost: new epoch',
    );
    await spool.renew(after);
    this.rival.gone();
    this.flow.reset();
    this.#readableFloor = 0;
    await this.#greet(this.#stall_ms, this.#stall_ms);
  }

  async #awaitAnswer({ until_ms, waited_ms }: Greeting): Promise<void> {
    const left_ms = until_ms - performance.now();
    if (left_ms > 0) await this.#wake.sleep(left_ms);
    else if (waited_ms === undefined) this.#greeting = undefined;
    else {
      const longer_ms = Math.min(2 * waited_ms, longestHello_ms);
      await this.#greet(longer_ms, longer_ms);
    }
  }

  /** Nothing was acknowledged for too long: ask the ledger where it stands before anything is sent again. */
  async #stalled(): Promise<void> {
    this.counters.stalls += 1;
    this.flow.stalled(performance.now());
    await this.#greet(this.#stall_ms, this.#stall_ms);
  }

  async #retry(): Promise<void> {
    const seq = this.flow.retry(performance.now());
    if (seq === undefined) {
      this.counters.rewinds += 1;
      return;
    }
    const [batch] = await this.#options.spool.read(seq, 1);
    if (batch?.content.seq !== seq) return;
    this.counters.batches_sent += 1;
    this.counters.batches_resent += 1;
    await this.#voice.data(batch, true, this.#send);
  }

  async #rebirth(): Promise<void> {
    if (performance.now() - this.#reborn_ms < rebirthPause_ms) return;
    this.#reborn_ms = performance.now();
    this.counters.rebirths += 1;
    await this.#sayBirths();
  }

  /** Says hello and waits for an answer before sending more. */
  async #greet(wait_ms: number, waited_ms: number | undefined): Promise<void> {
    const now_ms = performance.now();
    // The answer to a hello tells that another gateway is gone, and after its time there is nothing to wait for.
    const followed_ms = this.rival.untilFollowed(now_ms) || wait_ms;
    this.#greeting = { until_ms: now_ms + Math.min(wait_ms, followed_ms), waited_ms };
    await this.#sayBirths();
  }

  async #sayBirths(): Promise<void> {
    this.#offeredFloor = Math.max(this.#options.spool.floor, this.#readableFloor);
    await this.#voice.births(this.#offeredFloor, this.#send);
  }

  /** Sends what the window has room for, until there is something else to do; whether anything was sent. */
  async #sendSome(): Promise<boolean> {
    const { cursor, full } = this.flow;
    const { spool } = this.#options;
    this.#lookedUpTo = Math.min(spool.next, spool.doubtful_from ?? spool.next);
    if (full || cursor >= this.#lookedUpTo) return false;
    const batches = await spool.read(cursor, readBytes);
    for (const batch of batches) {
      if (batch.content.seq >= this.#lookedUpTo) break;
      if (this.flow.full || !this.#inbox.empty || this.#link?.closed.aborted !== false) break;
      if (batch.content.seq > this.flow.cursor && !(await this.#skipTo(batch.content.seq))) return false;
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
    if (this.flow.inFlight > 0) return false;
    this.#readableFloor = seq;
    if (seq > this.#offeredFloor) await this.#sayBirths();
    return true;
  }

  async #sendBatch(batch: SignedBatch): Promise<void> {
    const { seq, gateway_time_ns } = batch.content;
    const again = this.flow.wasSent(seq);
    this.counters.batches_sent += 1;
    if (again) this.counters.batches_resent += 1;
    const past = seq < this.#liveFrom || msFromNs(gateway_time_ns) < Date.now() - present_ms;
    const bytes = await this.#voice.data(batch, again || past, this.#send);
    this.flow.sent(seq, bytes, performance.now());
  }

  readonly #send: Send = async (topic, payload) => this.#link?.send(topic, payload);

  async #sleep(): Promise<void> {
    const { cursor, full } = this.flow;
    const awake = new AbortController();
    if (!full)
      void this.#options.spool
        .waitFor(Math.max(cursor, this.#lookedUpTo), awake.signal)
        .then(() => awake.signal.aborted || this.#wake.wake());
    const now_ms = performance.now();
    const due_ms = Math.min(
      this.flow.untilStall(now_ms) ?? idle_ms,
      this.flow.untilRetry(now_ms) ?? idle_ms,
      idle_ms,
    );
    await this.#wake.sleep(Math.max(0, due_ms));
    awake.abort();
  }
}
