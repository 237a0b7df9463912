import {
  AttributeIds,
  type ClientMonitoredItemBase,
  ClientMonitoredItemGroup,
  type ClientSession,
  ClientSubscription,
  type DataValue,
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAClient,
  SecurityPolicy,
  TimestampsToReturn,
} from 'node-opcua';

const namespace = 'urn:benchline:simulator';

export interface Heard {
  signal: string;
  time_ms: number;
  value: unknown;
}

/** A plain OPC UA client that writes down every change of the simulator's nodes. */
export class OpcuaListener {
  readonly heard: Heard[] = [];
  /** The node Clock, ms since 1970, and how far it has ever been ahead of the wall clock. */
  clock_ms = 0;
  ahead_ms = Number.NEGATIVE_INFINITY;
  /** Changes that came with a time that the Clock had already declared complete. */
  readonly late: Heard[] = [];
  readonly endpoint: string;
  readonly session: ClientSession;
  readonly #client: OPCUAClient;
  #index = 0;

  private constructor(endpoint: string, client: OPCUAClient, session: ClientSession) {
    this.endpoint = endpoint;
    this.#client = client;
    this.session = session;
  }

  static async connect(endpoint: string, pki: string): Promise<OpcuaListener> {
    const client = OPCUAClient.create({
      endpointMustExist: false,
      securityMode: MessageSecurityMode.None,
      securityPolicy: SecurityPolicy.None,
      connectionStrategy: { maxRetry: 2 },
      clientCertificateManager: new OPCUACertificateManager({ rootFolder: pki }),
    });
    await client.connect(endpoint);
    const listener = new OpcuaListener(endpoint, client, await client.createSession());
    listener.#index = (await listener.session.readNamespaceArray()).indexOf(namespace);
    return listener;
  }

  node(name: string): string {
    return `ns=${this.#index};s=${name}`;
  }

  /** Monitors `<machine>.<signal>` nodes without sampling, and the clock last. */
  async listen(names: readonly string[]): Promise<void> {
    const subscription = ClientSubscription.create(this.session, {
      requestedPublishingInterval: 100,
      requestedLifetimeCount: 1000,
      requestedMaxKeepAliveCount: 20,
      maxNotificationsPerPublish: 0,
      publishingEnabled: true,
    });
    const group = ClientMonitoredItemGroup.create(
      subscription,
      [...names, 'Clock'].map((name) => ({ nodeId: this.node(name), attributeId: AttributeIds.Value })),
      { samplingInterval: 0, queueSize: 10_000, discardOldest: true },
      TimestampsToReturn.Source,
    );
    group.on('changed', (_item: ClientMonitoredItemBase, change: DataValue, i: number) => {
      this.#take(names[i], change);
    });
    await new Promise<void>((resolve) => group.once('initialized', () => resolve()));
  }

  async close(): Promise<void> {
    await this.#client.disconnect();
  }

  #take(signal: string | undefined, change: DataValue): void {
    const time_ms = change.sourceTimestamp?.getTime() ?? Number.NaN;
    this.ahead_ms = Math.max(this.ahead_ms, time_ms - Date.now());
    if (signal === undefined) {
      this.clock_ms = (change.value.value as Date).getTime();
      return;
    }
    const heard = { signal, time_ms, value: change.value.value as unknown };
    this.heard.push(heard);
    if (time_ms <= this.clock_ms) this.late.push(heard);
  }
}
