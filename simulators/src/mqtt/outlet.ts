import type { Outlet } from '../time/pump.ts';
import { type Instant, stamped } from '../time/timeline.ts';
import type { TruthLog } from '../time/truth.ts';
import type { Backlog } from './backlog.ts';
import type { MqttDevice } from './device.ts';
import { messageOf } from './message.ts';

/** A device says at least this often that it is alive and how far its time has come. */
const heartbeatMs = 1000;
/** With so much unconfirmed a heartbeat would only queue behind it. */
const heartbeatBacklog = 5;

/** Feeds instants to an MQTT device: first to the truth log, then into the backlog, one message an instant. */
export class MqttOutlet implements Outlet {
  readonly #device: MqttDevice;
  readonly #backlog: Backlog;
  readonly #truth: TruthLog;
  #said_ms = 0;

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
    if (instants.length > 0) await this.#say(instants);
    else if (Date.now() - this.#said_ms >= heartbeatMs && this.#backlog.messages.length < heartbeatBacklog)
      await this.#beat(time_ms);
  }

  async #say(instants: readonly Instant[]): Promise<void> {
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
