import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DataType,
  get_mini_nodeset_filename,
  type Int64,
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAServer,
  SecurityPolicy,
  type ServerSession,
  StatusCodes,
  type UAVariable,
  VariantArrayType,
  type VariantOptions,
} from 'node-opcua';

export const plcNamespace = 'urn:test:plc';

export interface PlcOptions {
  port?: number;
  /** Namespaces registered before the PLC's own, so that its index changes. */
  before?: readonly string[];
  /** With it the server offers SignAndEncrypt only; without, None only. */
  pki?: string;
  maxMonitoredItemsPerCall?: number;
  maxSessions?: number;
  /** Of all sessions together. */
  maxMonitoredItems?: number;
}

/**
 * A controller as an OPC UA server that loses nothing between samples. It is made with what node-opcua offers
 * servers and shares no code with the gateway.
 */
export class Plc {
  readonly #server: OPCUAServer;
  readonly #nodes = new Map<string, UAVariable>();
  readonly #temporary: string | undefined;
  readonly #sessions = new Set<ServerSession>();

  private constructor(server: OPCUAServer, temporary: string | undefined) {
    this.#server = server;
    this.#temporary = temporary;
    server.on('create_session', (session) => this.#sessions.add(session));
    server.on('session_closed', (session) => this.#sessions.delete(session));
  }

  static async start(
    variables: Readonly<Record<string, VariantOptions>>,
    options: PlcOptions = {},
  ): Promise<Plc> {
    const temporary = options.pki ? undefined : mkdtempSync(join(tmpdir(), 'benchline-plc-'));
    const server = new OPCUAServer({
      host: '127.0.0.1',
      hostname: '127.0.0.1',
      port: options.port ?? 0,
      // The standard's own types cost a second of computing at each start, and no test asks for more than these.
      nodesets: [get_mini_nodeset_filename()],
      securityModes: [options.pki ? MessageSecurityMode.SignAndEncrypt : MessageSecurityMode.None],
      securityPolicies: [
        ...(options.pki
          ? [SecurityPolicy.Aes256_Sha256_RsaPss, SecurityPolicy.Basic256Sha256]
          : [SecurityPolicy.None]),
      ],
      serverCertificateManager: new OPCUACertificateManager({
        rootFolder: options.pki ?? temporary ?? '',
        automaticallyAcceptUnknownCertificate: true,
        disableFileWatchers: true,
      }),
      serverCapabilities: {
        minSupportedSampleRate: 0,
        ...(options.maxSessions === undefined ? {} : { maxSessions: options.maxSessions }),
        ...(options.maxMonitoredItems === undefined ? {} : { maxMonitoredItems: options.maxMonitoredItems }),
        operationLimits: { maxMonitoredItemsPerCall: options.maxMonitoredItemsPerCall ?? 0 },
      },
    });
    await server.initialize();
    const plc = new Plc(server, temporary);
    plc.#addVariables(variables, options.before ?? []);
    await server.start();
    return plc;
  }

  get port(): number {
    return Number(new URL(this.endpoint.replace('opc.tcp', 'http')).port);
  }

  get endpoint(): string {
    return this.#server.getEndpointUrl();
  }

  /** Sessions and subscriptions that clients hold now. */
  get load(): { sessions: number; subscriptions: number } {
    const { currentSessionCount, currentSubscriptionCount } = this.#server;
    return { sessions: currentSessionCount, subscriptions: currentSubscriptionCount };
  }

  set(name: string, value: VariantOptions, at: Date, status = StatusCodes.Good): void {
    const node = this.#nodes.get(name);
    if (!node) throw new Error(`no variable ${name}`);
    node.setValueFromSource(value, status, at);
  }

  /** Forgets every session while the connections stand, as a controller that is short of memory does. */
  dropSessions(): void {
    for (const session of this.#sessions)
      this.#server.engine.closeSession(session.authenticationToken, true, 'Forcing');
  }

  /** Lets clients watch so many items from now on. */
  setMaxMonitoredItems(most: number): void {
    this.#server.engine.serverCapabilities.maxMonitoredItems = most;
  }

  async stop(): Promise<void> {
    await this.#server.shutdown(0);
    if (this.#temporary) rmSync(this.#temporary, { recursive: true, force: true });
  }

  #addVariables(variables: Readonly<Record<string, VariantOptions>>, before: readonly string[]): void {
    const space = this.#server.engine.addressSpace;
    if (!space) throw new Error('no address space');
    for (const uri of before) space.registerNamespace(uri);
    const namespace = space.registerNamespace(plcNamespace);
    const device = namespace.addObject({ browseName: 'Plc', organizedBy: space.rootFolder.objects });
    for (const [name, initial] of Object.entries(variables)) {
      const node = namespace.addVariable({
        componentOf: device,
        browseName: name,
        nodeId: `s=${name}`,
        dataType: DataType[initial.dataType as DataType],
        minimumSamplingInterval: 0,
      });
      this.#nodes.set(name, node);
      if (initial.value !== undefined) node.setValueFromSource(initial, StatusCodes.Good, new Date(start_ms));
    }
  }
}

/** Source time of the initial values: 2026-01-01T00:00:00Z. */
export const start_ms = Date.UTC(2026, 0, 1);

export const double = (value: number): VariantOptions => ({ dataType: DataType.Double, value });
export const text = (value: string): VariantOptions => ({ dataType: DataType.String, value });
export const dateTime = (ms: number): VariantOptions => ({
  dataType: DataType.DateTime,
  value: new Date(ms),
});
export const uint64 = (value: bigint): VariantOptions => ({
  dataType: DataType.UInt64,
  arrayType: VariantArrayType.Scalar,
  value: [Number(value >> 32n), Number(value & 0xffff_ffffn)] satisfies Int64,
});
