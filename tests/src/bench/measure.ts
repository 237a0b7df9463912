import { readFileSync } from 'node:fs';

/** What one turn took. */
export interface Turn {
  values: number;
  wall_s: number;
  /** CPU of this process, threads included. */
  cpu_s: number;
}

/** Runs `work`, which handles `values` values, and takes its time. */
export async function timed(values: number, work: () => Promise<void> | void): Promise<Turn> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const wall_s = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { values, wall_s, cpu_s: (user + system) / 1e6 };
}

export const perSecond = ({ values, wall_s }: Pick<Turn, 'values' | 'wall_s'>) => values / wall_s;
export const perCpuSecond = ({ values, cpu_s }: Pick<Turn, 'values' | 'cpu_s'>) => values / cpu_s;

/**
 * Measures a thing and its limit in turns, A B A B …, so that both see the same changes of a shared computer. The
 * first turn of each warms up and does not count. Later turns are left out when the time is used up.
 */
export async function inTurns<A, B>(options: {
  turns: number;
  /** Without it all turns count: for work so long that it warms itself up. */
  warm_up?: boolean;
  most_s?: number;
  signal: AbortSignal;
  thing: (turn: number) => Promise<A>;
  limit: (turn: number) => Promise<B>;
}): Promise<{ things: A[]; limits: B[] }> {
  const things: A[] = [];
  const limits: B[] = [];
  const start = performance.now();
  const skipped = options.warm_up ? 1 : 0;
  for (let turn = 0; turn < options.turns + skipped; turn += 1) {
    options.signal.throwIfAborted();
    const limit = await options.limit(turn);
    const thing = await options.thing(turn);
    if (turn < skipped) continue;
    things.push(thing);
    limits.push(limit);
    if ((performance.now() - start) / 1000 > (options.most_s ?? Number.POSITIVE_INFINITY)) break;
  }
  return { things, limits };
}

/** Linux counts a process's CPU in hundredths of a second, whatever the kernel's own clock. */
const ticksASecond = 100;

/** CPU that a process has used so far, s; children not counted. */
export function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, in brackets, may hold blanks. utime and stime are fields 14 and 15 of proc(5).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksASecond;
}

/** Resident memory of a process, MB of 10⁶ bytes. */
export function memoryOf(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return (Number(kibibytes) * 1024) / 1e6;
}

/** Why the CPU of other processes cannot be read here; undefined where it can. */
export const otherProcessesHidden =
  process.platform === 'linux' ? undefined : 'other processes are looked at in /proc, which only Linux has';
