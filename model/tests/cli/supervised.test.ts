import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const service = fileURLToPath(import.meta.resolve('./service.ts'));
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

async function start(options: { supervised?: boolean; args?: string[] } = {}) {
  const child = spawn(process.execPath, [service, ...(options.args ?? [])], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, BENCHLINE_SUPERVISED: options.supervised ? '1' : '0' },
  });
  children.push(child);
  const lines: string[] = [];
  const output = createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  const exit = once(child, 'exit') as Promise<[number | null, string | null]>;
  await once(output, 'line');
  return { child, lines, exit };
}

describe('a service', () => {
  it('says once, in one line of JSON, that it is ready', async () => {
    const { lines } = await start();
    expect(lines).toEqual(['{"ready":true,"http_port":4711,"endpoint":"opc.tcp://127.0.0.1:4840"}']);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends in order on %s', async (name) => {
    const { child, lines, exit } = await start();
    child.kill(name);
    expect(await exit).toEqual([0, null]);
    expect(lines.at(-1)).toBe(`stopping: ${name}`);
  });

  it('takes two signals at once for one: npm passes on what the terminal has sent already', async () => {
    const { child, lines, exit } = await start({ args: ['stubborn'] });
    child.kill('SIGINT');
    await sleep(50);
    child.kill('SIGINT');
    await sleep(700);
    expect([child.exitCode, lines.at(-1)]).toEqual([null, 'stopping: SIGINT']);
    child.kill('SIGINT');
    expect(await exit).toEqual([130, null]);
  });

  it('does not care for its stdin when nobody supervises it', async () => {
    const { child } = await start();
    child.stdin.end();
    await sleep(300);
    expect(child.exitCode).toBeNull();
  });
});

describe('a supervised service', () => {
  it('ends in order when its supervisor is gone, however it went', async () => {
    const { child, lines, exit } = await start({ supervised: true });
    child.stdin.destroy();
    expect(await exit).toEqual([0, null]);
    expect(lines.at(-1)).toBe('stopping: supervisor ended');
  });

  it('is ended when it does not end by itself', async () => {
    const { child, exit } = await start({ supervised: true, args: ['stubborn'] });
    child.stdin.destroy();
    expect(await exit).toEqual([1, null]);
  });

  it('leaves Ctrl-C to its supervisor, which says SIGTERM', async () => {
    const { child, lines, exit } = await start({ supervised: true });
    child.kill('SIGINT');
    await sleep(300);
    expect([child.exitCode, lines.length]).toEqual([null, 1]);
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  });
});
