import {
  AttributeIds,
  type MonitoredItem,
  type OPCUAServer,
  type ServerSession,
  type Subscription,
} from 'node-opcua';

/** A client counts as subscribed when it has added no monitored item for this long: it has all that it wants. */
const settledMs = 300;

/** Who watches a server, and whether they keep up. */
export class Followers {
  readonly #sessions = new Set<ServerSession>();
  readonly #items = new Map<Subscription, Set<MonitoredItem>>();
  #itemAdded_ms = 0;

  constructor(server: OPCUAServer) {
    server.on('session_activated', (session) => this.#watch(session));
    server.on('session_closed', (session) => this.#sessions.delete(session));
  }

  /**
   * Whether a connected client monitors the node's value, has finished subscribing, and keeps up: no queue that is
   * kept for a connected client is more than half full.
   */
  follow(nodeId: string): boolean {
    if (Date.now() - this.#itemAdded_ms < settledMs) return false;
    let followed = false;
    for (const item of this.#connectedItems()) {
      if (item.queueSize > 1 && item.queue.length > item.queueSize / 2) return false;
      followed ||= watchesValueOf(item, nodeId);
    }
    return followed;
  }

  /** Sessions that clients have opened and not closed. */
  get sessions(): readonly ServerSession[] {
    return [...this.#sessions];
  }

  /** Whether a connected client has yet to be sent, or to acknowledge, something. */
  get owed(): boolean {
    for (const [subscription] of this.#items)
      if (isConnected(subscription) && owes(subscription)) return true;
    return false;
  }

  #watch(session: ServerSession): void {
    // A session that a client takes up again is activated again.
    if (this.#sessions.has(session)) return;
    this.#sessions.add(session);
    session.on('new_subscription', (subscription: Subscription) => {
      const items = new Set<MonitoredItem>();
      this.#items.set(subscription, items);
      subscription.on('monitoredItem', (item: MonitoredItem) => {
        items.add(item);
        this.#itemAdded_ms = Date.now();
      });
      subscription.on('removeMonitoredItem', (item: MonitoredItem) => items.delete(item));
      subscription.on('terminated', () => this.#items.delete(subscription));
    });
  }

  *#connectedItems(): Generator<MonitoredItem> {
    for (const [subscription, items] of this.#items) if (isConnected(subscription)) yield* items;
  }
}

function isConnected(subscription: Subscription): boolean {
  return subscription.$session !== undefined && !subscription.$session.aborted;
}

function owes(subscription: Subscription): boolean {
  return (
    subscription.hasPendingNotifications ||
    subscription.hasUncollectedMonitoredItemNotifications ||
    subscription.unacknowledgedMessageCount > 0
  );
}

function watchesValueOf(item: MonitoredItem, nodeId: string): boolean {
  return item.itemToMonitor?.attributeId === AttributeIds.Value && item.node?.nodeId.toString() === nodeId;
}
