import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchlineError } from '@benchline/model';
import { type AddressSpace, MessageSecurityMode, nodesets, OPCUAServer, SecurityPolicy } from 'node-opcua';
import { simulatorNamespace } from './address.ts';
import { Followers } from './followers.ts';
import { applicationUri, type Identity, openIdentity } from './identity.ts';

export interface SimulatorServerOptions {
  host: string;
  port: number;
  /** Also offer endpoints without security. Whoever listens beyond loopback has to ask for that by name. */
  offerNone: boolean;
  /** Folder for the server's certificate; without one it lives as long as the process. */
  pkiFolder: string | undefined;
  /** Files of the companion specifications that it needs besides the standard nodeset, in order of dependency. */
  nodesets: readonly string[];
  /** Namespaces registered before all others of its own, as a controller has after an update: indexes move. */
  extraNamespaces: number;
  name: string;
}

const drainLimitMs = 2500;

/**
 * An OPC UA server that nobody can write to and that loses nothing between samples: it accepts a sampling interval
 * of 0, so that every change of a node is reported.
 */
export class SimulatorServer {
  readonly opcua: OPCUAServer;
  readonly followers: Followers;
  readonly #options: SimulatorServerOptions;
  readonly #identity: Identity;

  private constructor(options: SimulatorServerOptions, identity: Identity) {
    this.#options = options;
    this.#identity = identity;
    this.opcua = new OPCUAServer({
      host: options.host,
      hostname: reachableName(options.host),
      port: options.port,
      serverInfo: { applicationUri, applicationName: { text: options.name }, productUri: simulatorNamespace },
      buildInfo: { productName: options.name, manufacturerName: 'Benchline', productUri: simulatorNamespace },
      serverCertificateManager: identity.manager,
      certificateFile: identity.certificateFile,
      privateKeyFile: identity.manager.privateKey,
      securityModes: [
        MessageSecurityMode.SignAndEncrypt,
        ...(options.offerNone ? [MessageSecurityMode.None] : []),
      ],
      securityPolicies: [
        SecurityPolicy.Aes256_Sha256_RsaPss,
        SecurityPolicy.Aes128_Sha256_RsaOaep,
        SecurityPolicy.Basic256Sha256,
        ...(options.offerNone ? [SecurityPolicy.None] : []),
      ],
      serverCapabilities: { minSupportedSampleRate: 0 },
      nodesets: [nodesets.standard, ...options.nodesets],
    });
    this.followers = new Followers(this.opcua);
  }

  /**
   * Makes the server with its address space; it listens only after `start`.
   * @throws BenchlineError `port_busy` from `start`.
   */
  static async create(options: SimulatorServerOptions): Promise<SimulatorServer> {
    const server = new SimulatorServer(options, await openIdentity(options.pkiFolder));
    await server.opcua.initialize();
    for (let n = 1; n <= options.extraNamespaces; n++)
      server.addressSpace.registerNamespace(`${simulatorNamespace}:extra-${n}`);
    return server;
  }

  async start(): Promise<void> {
    try {
      await this.opcua.start();
    } catch (cause) {
      if (!isAddressInUse(cause)) throw cause;
      throw new BenchlineError('port_busy', `port ${this.#options.port} on ${this.#options.host} is in use`, {
        hint: 'choose another one with --port, or --port 0 for any free one',
        cause,
      });
    }
  }

  get addressSpace(): AddressSpace {
    const space = this.opcua.engine.addressSpace;
    if (!space) throw new Error('a server that is shut down has no address space');
    return space;
  }

  get endpoint(): string {
    return `opc.tcp://${reachableName(this.#options.host)}:${this.opcua.endpoints[0]?.port ?? this.#options.port}`;
  }

  /** Forgets all sessions and their subscriptions while connections stand, as a controller that runs out of memory does. */
  dropSessions(): void {
    for (const session of this.followers.sessions)
      this.opcua.engine.closeSession(session.authenticationToken, true, 'Forcing');
  }

  /** Stops listening once connected clients have been sent what is queued for them, or after 2.5 s. */
  async stop(): Promise<void> {
    const deadline = Date.now() + drainLimitMs;
    while (Date.now() < deadline && this.followers.owed) await sleep(50);
    await this.opcua.shutdown(0);
    this.#identity.release();
  }
}

/** What a client can connect to: not the address that stands for all of them. */
function reachableName(host: string): string {
  return host === '0.0.0.0' || host === '::' ? hostname() : host;
}

function isAddressInUse(error: unknown): boolean {
  return error instanceof Error && (error.message.includes('EADDRINUSE') || isAddressInUse(error.cause));
}
