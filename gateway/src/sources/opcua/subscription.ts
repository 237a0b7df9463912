import { BenchlineError, describeError } from '@benchline/model';
import {
  DataChangeNotification,
  type NotificationMessage,
  PublishRequest,
  type PublishResponse,
  RepublishRequest,
  type RepublishResponse,
} from 'node-opcua-client';
import { createItems, type Item, type ItemResult } from './items.ts';
import { isBroken, type Session } from './link.ts';
import { type ItemValue, itemsOf, readNotificationsQuickly } from './notification.ts';

export interface SubscriptionOptions {
  publishing_interval_ms: number;
  /** The server keeps the subscription for so long without a publish request. */
  lifetime_ms: number;
}

export interface SubscriptionHandler {
  /**
   * Values in the order in which the server sent them. `complete` says that the server had nothing more: then
   * everything up to the newest clock value among them has been delivered.
   */
  values(values: readonly ItemValue[], publish_time: Date | null, complete: boolean): void;
  /** Notifications are lost, or the subscription is gone: only a new one helps. */
  lost(error: Error): void;
}

const notificationsPerPublish = 10_000;
const publishRequests = 3;
const keepAlive_ms = 1500;
/** A connection on which nothing is said for 5 s counts as broken, at this end and at many servers. */
const talk_ms = 2000;
const serverState = 'i=2259';

readNotificationsQuickly();

/**
 * A subscription held by the plain services of OPC 10000-4, 5.14, rather than by node-opcua's ClientSubscription:
 * that one acknowledges before its user has seen a notification, hides whether more is queued at the server, and
 * re-creates a lost subscription without a word.
 */
export class Subscription {
  readonly #handler: SubscriptionHandler;
  readonly id: number;
  #session: Session;
  #generation = 0;
  #expected: number | undefined;
  #acknowledge: number[] = [];
  #outstanding = 0;
  #paused = false;
  /** Talks to the server while nothing is asked of it. */
  #talking: NodeJS.Timeout | undefined;
  #ended = false;
  #lastResponse_ms = Date.now();
  /** The same by a clock that nobody sets. */
  #heard_ms = performance.now();

  private constructor(session: Session, id: number, handler: SubscriptionHandler) {
    this.#session = session;
    this.id = id;
    this.#handler = handler;
  }

  /** Makes the subscription and its items; nothing is delivered before `run`. */
  static async create(
    session: Session,
    options: SubscriptionOptions,
    items: readonly Item[],
    handler: SubscriptionHandler,
  ): Promise<{ subscription: Subscription; results: ItemResult[] }> {
    const interval = options.publishing_interval_ms;
    const keepAliveCount = Math.max(1, Math.ceil(keepAlive_ms / interval));
    const response = await session.createSubscription({
      requestedPublishingInterval: interval,
      requestedMaxKeepAliveCount: keepAliveCount,
      requestedLifetimeCount: Math.max(3 * keepAliveCount, Math.ceil(options.lifetime_ms / interval)),
      maxNotificationsPerPublish: notificationsPerPublish,
      publishingEnabled: true,
      priority: 1,
    });
    const subscription = new Subscription(session, response.subscriptionId, handler);
    return { subscription, results: await subscription.addItems(items) };
  }

  /** When the server last answered a publish request. */
  get lastResponse_ms(): number {
    return this.#lastResponse_ms;
  }

  /** How long the server has not answered a publish request, ms. */
  get silent_ms(): number {
    return performance.now() - this.#heard_ms;
  }

  /** Asks for further items, or again for some that were refused; those that the server takes deliver at once. */
  async addItems(items: readonly Item[]): Promise<ItemResult[]> {
    return await createItems(this.#session, this.id, items);
  }

  /** Begins to ask for notifications. */
  run(): void {
    this.#heard();
    this.#fill();
  }

  /**
   * Goes on over another connection of the same session: what the server kept is asked for again, in order.
   * Resolves with false when something is missing or the subscription is gone.
   * @throws Error when this connection breaks, too: then the next one may go on.
   */
  async continueOn(session: Session): Promise<boolean> {
    this.#session = session;
    this.#generation += 1;
    this.#outstanding = 0;
    try {
      while (this.#expected !== undefined) {
        const message = await this.#republish(this.#expected);
        if (!message) break;
        this.#deliver(message, false);
      }
    } catch (error) {
      if (isBroken(error)) throw error;
      return false;
    }
    if (this.#ended) return false;
    this.run();
    return true;
  }

  /** No further publish requests until `resume`: the queues at the server take over. */
  pause(): void {
    this.#paused = true;
    this.#talking ??= setInterval(() => {
      // What is broken shows by the connection.
      this.#session.read({ nodeId: serverState }).catch(() => undefined);
    }, talk_ms).unref();
  }

  resume(): void {
    this.#paused = false;
    this.#stopTalking();
    this.#heard();
    this.#fill();
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Delivers nothing any more. */
  end(): void {
    this.#ended = true;
    this.#stopTalking();
  }

  #stopTalking(): void {
    clearInterval(this.#talking);
    this.#talking = undefined;
  }

  #fill(): void {
    // On a connection that is gone a request fails before this goes on: it is not made again and again.
    for (let count = this.#outstanding; count < publishRequests; count += 1)
      if (!this.#paused && !this.#ended) this.#publish();
  }

  #publish(): void {
    const generation = this.#generation;
    const acknowledged = this.#acknowledge.splice(0);
    this.#outstanding += 1;
    const request = new PublishRequest({
      requestHeader: { timeoutHint: 60_000 },
      subscriptionAcknowledgements: acknowledged.map((sequenceNumber) => ({
        subscriptionId: this.id,
        sequenceNumber,
      })),
    });
    this.#session.publish(request, (error: Error | null, response?: PublishResponse) => {
      if (generation !== this.#generation || this.#ended) return;
      this.#outstanding -= 1;
      if (response) this.#answered(response);
      else this.#failed(error ?? new Error('no answer to a publish request'));
    });
  }

  #heard(): void {
    this.#lastResponse_ms = Date.now();
    this.#heard_ms = performance.now();
  }

  #answered(response: PublishResponse): void {
    this.#heard();
    if (response.subscriptionId === this.id)
      this.#deliver(response.notificationMessage, !response.moreNotifications);
    this.#fill();
  }

  /** Broken connections are the link's business; here only what a living server says counts. */
  #failed(error: Error): void {
    const text = describeError(error);
    if (/BadTooManyPublishRequests/.test(text)) return;
    if (/BadTimeout/.test(text)) this.#fill();
    else if (/BadNoSubscription|BadSubscriptionIdInvalid|BadSession/.test(text)) this.#lose(error);
  }

  #deliver(message: NotificationMessage, complete: boolean): void {
    const notifications = message.notificationData ?? [];
    const expected = this.#expected ?? message.sequenceNumber;
    if (message.sequenceNumber !== expected) {
      // What has come before, and whose acknowledgement the server has not seen, says nothing new.
      if (isBefore(message.sequenceNumber, expected))
        return void this.#acknowledge.push(message.sequenceNumber);
      this.#lose(new BenchlineError('source_unavailable', `notification ${expected} never came`));
      return;
    }
    // A keep-alive carries the number that the next notification will have.
    this.#expected = notifications.length === 0 ? expected : following(expected);
    const parts: (readonly ItemValue[])[] = [];
    for (const notification of notifications) {
      if (!(notification instanceof DataChangeNotification))
        return this.#lose(new BenchlineError('source_unavailable', 'the server ended the subscription'));
      const items = itemsOf(notification);
      if (!items)
        return this.#lose(
          new BenchlineError('source_unavailable', `notification ${expected} cannot be read`),
        );
      parts.push(items);
    }
    const [only = [], ...others] = parts;
    this.#handler.values(others.length === 0 ? only : parts.flat(), message.publishTime, complete);
    if (notifications.length > 0) this.#acknowledge.push(message.sequenceNumber);
  }

  #republish(sequenceNumber: number): Promise<NotificationMessage | undefined> {
    const request = new RepublishRequest({
      subscriptionId: this.id,
      retransmitSequenceNumber: sequenceNumber,
    });
    return new Promise((resolve, reject) => {
      this.#session.republish(request, (error: Error | null, response?: RepublishResponse) => {
        const text = error ? describeError(error) : (response?.responseHeader.serviceResult.name ?? '');
        if (/BadMessageNotAvailable/.test(text)) resolve(undefined);
        else if (error || !response) reject(error ?? new Error(text));
        else resolve(response.notificationMessage);
      });
    });
  }

  #lose(error: Error): void {
    if (this.#ended) return;
    this.end();
    this.#handler.lost(error);
  }
}

/** Sequence numbers are UInt32 and go from the largest to 1 (OPC 10000-4, 5.14.1.2). */
function following(sequenceNumber: number): number {
  return sequenceNumber === 0xffff_ffff ? 1 : sequenceNumber + 1;
}

/** Whether a sequence number is one of the last before another, round the end of its range as well. */
function isBefore(sequenceNumber: number, other: number): boolean {
  const behind = (other - sequenceNumber) >>> 0;
  return behind > 0 && behind < 0x1_0000;
}
