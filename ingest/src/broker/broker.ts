import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { BenchlineError, type Log } from '@benchline/model';
import { isLoopback, listenError } from '@benchline/model/door';
import { Aedes, type AedesOptions, type AuthenticateError } from 'aedes';
import { limitPackets } from './packet-limit.ts';
import type { Users } from './users.ts';

export interface BrokerOptions {
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** Without them only programs of this computer may connect. */
  users?: Users | undefined;
  /** Largest packet that a client may send, in bytes. */
  max_packet_bytes: number;
  log: Log;
}

export interface Broker {
  port: number;
  close(): Promise<void>;
}

const maxConnections = 1000;

/**
 * Opens the MQTT 3.1.1 broker of a single box. It keeps no sessions and nothing on disk: gateways send again what
 * ingest has not acknowledged, so all that a broker can lose is time.
 * @throws BenchlineError `config_invalid` for a network address without users, `port_busy`.
 */
export async function openBroker(options: BrokerOptions): Promise<Broker> {
  const { host, port, users, max_packet_bytes, log } = options;
  if (!users && !isLoopback(host))
    throw new BenchlineError(
      'config_invalid',
      `the broker will not listen on ${host} without users: anyone on the network could connect`,
      { hint: 'listen on 127.0.0.1, or name a file of users with --users (--add NAME makes one)' },
    );
  const aedes = await Aedes.createBroker(brokerRules(users));
  aedes.on('clientError', (client, error) =>
    log.warn({ client: client.id, reason: error.message }, 'client cut off'),
  );
  aedes.on('connectionError', (_client, error) => log.warn({ reason: error.message }, 'connection refused'));
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    limitPackets(socket, max_packet_bytes);
    aedes.handle(socket);
  });
  server.maxConnections = maxConnections;
  const close = async () => {
    await new Promise<void>((resolve) => aedes.close(resolve));
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  try {
    return { port: await listen(server, host, port), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function brokerRules(users: Users | undefined): AedesOptions {
  return {
    connectTimeout: 10_000,
    // Somebody who does not read what is sent would in the end hold up everyone (aedes, "drainTimeout").
    drainTimeout: 15_000,
    preConnect(_client, packet, callback) {
      // What queues up for sessions of absent clients would fill the memory.
      packet.clean = true;
      callback(null, true);
    },
    authenticate(_client, name, password, done) {
      if (!users) return done(null, true);
      void users
        .verify(name ?? '', password ?? Buffer.alloc(0))
        .then((known) => (known ? done(null, true) : done(refusal(), null)));
    },
  };
}

function refusal(): AuthenticateError {
  // 4: bad user name or password (MQTT 3.1.1, table 3.1).
  return Object.assign(new Error('bad user name or password'), { returnCode: 4 });
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  try {
    server.listen({ host, port });
    await once(server, 'listening');
  } catch (cause) {
    throw listenError(cause, { host, port, hostOption: '--host', portOption: '--port' });
  }
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}
