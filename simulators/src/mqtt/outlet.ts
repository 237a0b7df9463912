import type { Outlet } from '../time/pump.ts';
import { type Instant, keyOf, type Point, stamped } from '../time/timeline.ts';
import type { TruthLog } from '../time/truth.ts';
import type { Backlog } from './backlog.ts';
import type { MqttDevice } from './device.ts';
import { messageOf } from './message.ts';

/** A device says at least this often that it is alive and how far its time has come. */
const heartbeatMs = 1000;
/** Everything at once is said on the full second, as a scan is. */
const scanMs = 1000;
/** With so much unconfirmed a heartbeat would only queue behind it. */
const heartbeatBacklog = 5;

/** Feeds instants to an MQTT device: first to the truth log, then into the backlog, one message an instant. */
export class MqttOutlet implements Outlet {
  readonly #device: MqttDevice;
  readonly #backlog: Backlog;
  readonly #truth: TruthLog;
  #said_ms = 0;
  /** Source time of the last message. */
  #saidOf_ms = Number.NEGATIVE_INFINITY;

  constructor(device: MqttDevice, backlog: Backlog, truth: TruthLog) {
    this.#device = device;
    this.#backlog = backlog;
    this.#truth = truth;
    truth.pending = () => backlog.messages;
  }

  ready(): boolean {
    return this.#device.connected && !this.#backlog.isFull;
  }

  async deliver(instants: readonly Instant[], time_ms: number): Promise<void> {
    const due = this.#backlog.isAskedForAll ? this.#withAll(instants, time_ms) : instants;
    if (due.length > 0) await this.#say(due);
    else if (Date.now() - this.#said_ms >= heartbeatMs && this.#backlog.messages.length < heartbeatBacklog)
      await this.#beat(time_ms);
  }

  /**
   * What is due, and with the last full second the newest value of every signal; nothing more where the device has
   * said something since.
   */
  #withAll(instants: readonly Instant[], time_ms: number): readonly Instant[] {
    const scan_ms = Math.floor(time_ms / scanMs) * scanMs;
    const latest = instants.at(-1);
    if (scan_ms < Math.max(latest?.time_ms ?? 0, this.#saidOf_ms + 1)) return instants;
    const newest = new Map<string, Point>();
    for (const point of [...this.#truth.last, ...instants.flatMap(({ points }) => points)])
      newest.set(keyOf(point), point);
    const before = latest?.time_ms === scan_ms ? instants.slice(0, -1) : instants;
    this.#backlog.answersWith(this.#truth.nextSeq + before.length);
    return [...before, { time_ms: scan_ms, points: [...newest.values()] }];
  }

  async #say(instants: readonly Instant[]): Promise<void> {
    this.#saidOf_ms = instants.at(-1)?.time_ms ?? this.#saidOf_ms;
    const first = this.#truth.nextSeq;
    const logged = instants.flatMap((instant, i) =>
      stamped(instant).map((point) => ({ ...point, seq: first + i })),
    );
    await this.#truth.append(logged, () => {
      this.#backlog.add(...instants.map(({ time_ms, points }, i) => messageOf(first + i, time_ms, points)));
    });
    this.#send();
  }

  /** A heartbeat is no observation and not in the log, but its number is taken: the log's state has to know. */
  async #beat(time_ms: number): Promise<void> {
    const seq = this.#truth.nextSeq;
    this.#saidOf_ms = time_ms;
    this.#backlog.add({ seq, ts: time_ms, tags: {} });
    this.#truth.takeNumber(seq);
    await this.#truth.save();
    this.#send();
  }

  #send(): void {
    this.#backlog.release();
    this.#said_ms = Date.now();
    this.#device.send();
  }
}
