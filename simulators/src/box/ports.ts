import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { systemCode } from '@benchline/model';
import { listenError } from '@benchline/model/door';

const host = '127.0.0.1';

/**
 * Checks that a port can be listened on, before anything else is started.
 * @throws BenchlineError `port_busy` that names the option for another port.
 */
export async function assertFree(port: number, option: string): Promise<void> {
  try {
    await listenOnce(port);
  } catch (cause) {
    throw listenError(cause, { host, port, portOption: `${option} ${port + 1}` });
  }
}

/**
 * Below the ports that systems take for connections of their own (RFC 6335, and Linux from 32768 on): what a service has
 * to listen on again after a restart is not taken meanwhile.
 */
const lowest = 10_000;
const highest = 32_767;

/** Ports that were free a moment ago, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const held = new Map<number, Server>();
  while (held.size < count) {
    const port = randomInt(lowest, highest + 1);
    const server = held.has(port) ? undefined : await holdUnlessUsed(port);
    if (server) held.set(port, server);
  }
  await Promise.all([...held.values()].map(close));
  return [...held.keys()];
}

async function holdUnlessUsed(port: number): Promise<Server | undefined> {
  try {
    return await hold(port);
  } catch (error) {
    if (systemCode(error) === 'EADDRINUSE') return undefined;
    throw error;
  }
}

async function listenOnce(port: number): Promise<void> {
  await close(await hold(port));
}

function hold(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
