import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * How far V8 lets the memory of the long-running services spread before it collects. Left alone it takes a share of
 * what the computer has: a gateway that reads ten thousand tags then held twice of what it needs. A small young
 * generation and an old one that grows in small steps cost a few per cent of CPU. Neither is a limit to die at.
 */
const shapes = new Map<string | undefined, Shape>(
  Object.entries<Shape>({
    gateway: {
      flags: ['--max-semi-space-size=4', '--heap-growing-percent=20'],
      // The gateway's buffers come and go by the hundred kilobytes, and the holes that they leave were 20 of 200 MB at ten
      // thousand tags: the C library gives them back at once (glibc; others do not know the names).
      environment: { MALLOC_MMAP_THRESHOLD_: '65536', MALLOC_TRIM_THRESHOLD_: '131072' },
    },
    // What is on its way to the store must not grow old meanwhile: in less, reading it costs three times as much. While an
    // outage is made up for, both cores are busy: threads that help to collect only take them from InfluxDB.
    ingest: { flags: ['--max-semi-space-size=32', '--heap-growing-percent=100', '--single-threaded-gc'] },
    ledger: { flags: ['--max-semi-space-size=32'] },
    metrics: { flags: ['--max-semi-space-size=16', '--heap-growing-percent=50'] },
  }),
);

interface Shape {
  /** Of Node. */
  flags: readonly string[];
  environment?: Readonly<Record<string, string>>;
}

/**
 * Begins a service anew, in the same process and with the same pipes, with the flags for its memory, which only count
 * from the start on, and with the compile cache, without which Node keeps its TypeScript compiler loaded (25 MB). Whoever
 * chose flags for the memory keeps them; where the system cannot replace a process (Windows), nothing happens.
 */
export function shapeMemory(): void {
  const wanted = shapes.get(process.argv[2]);
  const chosen = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ');
  if (!wanted || /semi-space|old-space|heap-growing/.test(chosen) || process.platform === 'win32') return;
  process.execve?.(
    process.execPath,
    [process.execPath, ...process.execArgv, ...wanted.flags, ...process.argv.slice(1)],
    {
      NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'),
      MALLOC_ARENA_MAX: '2',
      ...wanted.environment,
      ...process.env,
    },
  );
}
