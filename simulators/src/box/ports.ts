import { createServer } from 'node:net';
import { BenchlineError } from '@benchline/model';

const host = '127.0.0.1';

/**
 * Checks that a port can be listened on, before anything else is started.
 * @throws BenchlineError `port_busy` that names the option for another port.
 */
export async function assertFree(port: number, option: string): Promise<void> {
  try {
    await listenOnce(port);
  } catch (cause) {
    throw new BenchlineError('port_busy', `port ${port} on ${host} is in use by another program`, {
      hint: `choose another one: ${option} ${port + 1}`,
      cause,
    });
  }
}

/** Ports that were free a moment ago, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const held = await Promise.all(Array.from({ length: count }, async () => hold(0)));
  const ports = held.map((server) => portOf(server));
  await Promise.all(held.map(close));
  return ports;
}

async function listenOnce(port: number): Promise<void> {
  await close(await hold(port));
}

function hold(port: number): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}

function portOf(server: ReturnType<typeof createServer>): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

function close(server: ReturnType<typeof createServer>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
