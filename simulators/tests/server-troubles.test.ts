import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { testFolder } from './support/folder.ts';
import { OpcuaListener } from './support/opcua-listener.ts';
import { Program } from './support/program.ts';

async function line(folder: string, ...args: string[]): Promise<{ line: Program; endpoint: string }> {
  const program = new Program('simulate', 'line', '--truth', join(folder, 'line.ndjson'), ...args);
  onTestFinished(async () => await program.kill());
  const { endpoint } = await program.announced('ready');
  return { line: program, endpoint: String(endpoint) };
}

test('a server with namespaces before its own has its nodes at another index', async () => {
  const folder = testFolder();
  const index = async (...args: string[]) => {
    const server = await line(folder, ...args);
    const client = await OpcuaListener.connect(server.endpoint, join(folder, 'pki'));
    const { value } = await client.session.read({ nodeId: client.node('Clock') });
    expect(value.value).toBeInstanceOf(Date);
    await client.close();
    expect(await server.line.stop()).toBe(0);
    return Number(/^ns=(\d+)/.exec(client.node('Clock'))?.[1]);
  };
  expect(await index('--extra-namespaces', '3')).toBe((await index()) + 3);
}, 60_000);

test('a server that forgets its sessions gives clients new ones', async () => {
  const folder = testFolder();
  const server = await line(folder);
  const client = await OpcuaListener.connect(server.endpoint, join(folder, 'pki'));
  onTestFinished(async () => await client.close());
  const before = client.session.sessionId.toString();
  server.line.signal('SIGUSR2');
  // node-opcua's own client mends its session when a request is refused.
  while (client.session.sessionId.toString() === before) {
    await client.session.read({ nodeId: client.node('Clock') });
    await sleep(50);
  }
}, 60_000);
