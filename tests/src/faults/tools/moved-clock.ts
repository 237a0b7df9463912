import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { BenchlineError, nsFromIso, nsPerMillisecond } from '@benchline/model';
import { baseOffsetVariable, preload } from './tamper.ts';

/** Whether the clock of this process, and of those it starts, is moved already. */
export function clockIsMoved(): boolean {
  return process.env[baseOffsetVariable] !== undefined;
}

/**
 * Runs this very command once more in a process whose clock begins at an instant, as do those of all Node processes
 * that it starts. Resolves with its exit status. @throws BenchlineError `usage` when the text is no instant.
 */
export async function runFrom(instant: string): Promise<number> {
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: {
      ...process.env,
      NODE_OPTIONS: `--import=${preload}`,
      [baseOffsetVariable]: String(millisecondsOf(instant) - Date.now()),
    },
  });
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, forward);
  const [status] = (await once(child, 'exit')) as [number | null];
  return status ?? 1;
}

function millisecondsOf(instant: string): number {
  try {
    return Number(nsFromIso(instant) / nsPerMillisecond);
  } catch (cause) {
    throw new BenchlineError('usage', `--at ${instant} is no instant`, {
      hint: 'write it like --at 2027-03-28T00:58:00Z',
      cause,
    });
  }
}
