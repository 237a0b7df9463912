import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** One service to run: `benchline ARGS`, its log lines going to a file. */
export interface ChildSpec {
  name: string;
  args: readonly string[];
  log_file: string;
}

/** A line of JSON that a child prints on stdout; the first one says that it is ready. */
export type Announcement = Readonly<Record<string, unknown>>;

const program = fileURLToPath(new URL('../../../model/bin/benchline.ts', import.meta.url));
/** A log is for what went wrong: that Node calls its type stripping experimental is known. */
const nodeFlags = ['--disable-warning=ExperimentalWarning'];
const restartDelaysMs = [100, 200, 500, 1000, 2000, 5000];
const healthyAfterMs = 10_000;
const stopGraceMs = 6000;

/**
 * A child process that is started again when it dies, waiting longer each time it dies young.
 * Emits `announcement` (each line of stdout) and `restart`.
 */
export class Child extends EventEmitter<{
  announcement: [Announcement];
  restart: [{ code: number | null; signal: string | null }];
}> {
  readonly spec: ChildSpec;
  restarts = 0;
  /** Everything announced so far, by this process and the ones before it. */
  readonly announcements: Announcement[] = [];
  #process: ChildProcess | undefined;
  #stopping = false;
  #youngDeaths = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(spec: ChildSpec) {
    super();
    this.spec = spec;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Starts the process; resolves with its first announcement. Rejects never: a child that cannot start is restarted. */
  async start(): Promise<Announcement> {
    const ready = once(this, 'announcement') as Promise<[Announcement]>;
    this.#spawn();
    const [announcement] = await ready;
    return announcement;
  }

  /** Resolves when a process that is being started again says that it is ready. */
  async started(): Promise<void> {
    await once(this, 'announcement');
  }

  /** Sends a signal to the running process, as a test of faults does. */
  kill(signal: NodeJS.Signals): void {
    this.#process?.kill(signal);
  }

  /** Ends the process and does not start it again: SIGTERM, then SIGKILL after a grace. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const running = this.#process;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const gone = once(running, 'exit');
    // A stopped process (SIGSTOP) would not see SIGTERM before it is continued.
    running.kill('SIGCONT');
    running.kill('SIGTERM');
    const timer = setTimeout(() => running.kill('SIGKILL'), stopGraceMs);
    await gone;
    clearTimeout(timer);
  }

  #spawn(): void {
    const log = openSync(this.spec.log_file, 'a');
    const child = spawn(process.execPath, [...nodeFlags, program, ...this.spec.args], {
      // The open stdin is the leash: a supervised child ends when it closes, even if we are killed with -9.
      stdio: ['pipe', 'pipe', log],
      env: { ...process.env, BENCHLINE_SUPERVISED: '1' },
    });
    closeSync(log);
    this.#process = child;
    const born = Date.now();
    if (child.stdout)
      createInterface({ input: child.stdout }).on('line', (line) => {
        const announcement = parseLine(line);
        if (!announcement) return;
        this.announcements.push(announcement);
        this.emit('announcement', announcement);
      });
    child.once('exit', (code, signal) => {
      if (this.#stopping) return;
      this.#youngDeaths = Date.now() - born > healthyAfterMs ? 0 : this.#youngDeaths + 1;
      this.restarts += 1;
      this.emit('restart', { code, signal });
      const delay = restartDelaysMs[Math.min(this.#youngDeaths, restartDelaysMs.length - 1)] ?? 0;
      this.#timer = setTimeout(() => this.#spawn(), delay);
    });
  }
}

function parseLine(line: string): Announcement | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Announcement) : undefined;
  } catch {
    return undefined;
  }
}
