import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { BenchlineError } from '@benchline/model';

/** One process to run: `benchline ARGS`, its log lines going to a file. */
export interface ChildSpec {
  name: string;
  args: readonly string[];
  log_file: string;
  /** Added to the environment. */
  environment?: Readonly<Record<string, string>>;
  /** Another program than `benchline`. It announces nothing, so `probe` says when it can be used. */
  program?: { path: string; probe(): Promise<boolean> };
}

/** What is different about a process from its next start on. */
export interface ChildAlteration {
  /** Added to the environment. */
  environment?: Readonly<Record<string, string>>;
  /** A program with its arguments that runs the process, such as `['faketime', '-f', '+1h']`. */
  wrapper?: readonly string[];
  /** Added to the arguments. */
  args?: readonly string[];
}

/** A line of JSON that a child prints on stdout; the first one says that it is ready. */
export type Announcement = Readonly<Record<string, unknown>>;

const program = fileURLToPath(new URL('../../../model/bin/benchline.ts', import.meta.url));
/** A log is for what went wrong: that Node calls its type stripping experimental is known. */
const nodeFlags = ['--disable-warning=ExperimentalWarning'];
const restartDelaysMs = [100, 200, 500, 1000, 2000, 5000];
const healthyAfterMs = 10_000;
const stopGraceMs = 6000;
const probeEveryMs = 50;

/**
 * A child process that is started again when it dies, waiting longer each time it dies young, unless it is held.
 * Emits `announcement` (each line of stdout), `exit` and, if it will be started again, `restart`.
 */
export class Child extends EventEmitter<{
  announcement: [Announcement];
  exit: [];
  restart: [{ code: number | null; signal: string | null }];
}> {
  readonly spec: ChildSpec;
  restarts = 0;
  /** From the next start on. */
  alteration: ChildAlteration = {};
  /** Everything announced so far, by this process and the ones before it. */
  readonly announcements: Announcement[] = [];
  #process: ChildProcess | undefined;
  /** What this process said first. */
  #greeting: Announcement | undefined;
  #held = false;
  #youngDeaths = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(spec: ChildSpec) {
    super();
    this.spec = spec;
  }

  /** Of the process that does the work: one that runs another program announces that program's. */
  get pid(): number | undefined {
    const worker = this.#greeting?.['pid'];
    return typeof worker === 'number' ? worker : this.#process?.pid;
  }

  get running(): boolean {
    return this.#process !== undefined;
  }

  /** Whether the process that runs now has said that it can be used. */
  get ready(): boolean {
    return this.#greeting !== undefined;
  }

  /** Starts the process; resolves with its first announcement. Rejects never: a child that cannot start is restarted. */
  async start(): Promise<Announcement> {
    this.#held = false;
    if (!this.#process) this.#spawn();
    return this.#greeting ?? (await this.#greeted());
  }

  /** Resolves when a process that is being started again says that it is ready. */
  async started(): Promise<void> {
    await this.#greeted();
  }

  /** @throws BenchlineError `source_unavailable` when it is not ready within the limit. */
  async awaitReady(limitMs: number): Promise<void> {
    const deadline = Date.now() + limitMs;
    while (!this.ready && Date.now() < deadline) await sleep(probeEveryMs);
    if (!this.ready)
      throw new BenchlineError(
        'source_unavailable',
        `${this.spec.name} was not ready within ${limitMs / 1000} s`,
        { hint: `its log: ${this.spec.log_file}` },
      );
  }

  /** Sends a signal to the process that does the work, as a test of faults does. */
  kill(signal: NodeJS.Signals): void {
    if (this.#process && this.pid !== undefined) process.kill(this.pid, signal);
  }

  /** Resolves when there is no process. */
  async gone(): Promise<void> {
    if (this.#process) await once(this, 'exit');
  }

  /** From now on a process that ends is not started again, until `start`. */
  hold(): void {
    this.#held = true;
    clearTimeout(this.#timer);
  }

  /** Ends the process and does not start it again: SIGTERM, then SIGKILL after a grace. */
  async stop(): Promise<void> {
    this.hold();
    const running = this.#process;
    if (!running) return;
    // A stopped process (SIGSTOP) would not see SIGTERM before it is continued.
    this.kill('SIGCONT');
    running.kill('SIGTERM');
    const timer = setTimeout(() => running.kill('SIGKILL'), stopGraceMs);
    await this.gone();
    clearTimeout(timer);
  }

  async #greeted(): Promise<Announcement> {
    const [announcement] = (await once(this, 'announcement')) as [Announcement];
    return announcement;
  }

  #spawn(): void {
    clearTimeout(this.#timer);
    const log = openSync(this.spec.log_file, 'a');
    const { command, args } = this.#commandLine();
    const child = spawn(command, args, {
      // The open stdin is the leash: a supervised child ends when it closes, even if we are killed with -9.
      stdio: ['pipe', this.spec.program ? log : 'pipe', log],
      env: {
        ...process.env,
        BENCHLINE_SUPERVISED: '1',
        ...this.spec.environment,
        ...this.alteration.environment,
      },
    });
    closeSync(log);
    this.#process = child;
    this.#greeting = undefined;
    const born = Date.now();
    if (child.stdout)
      createInterface({ input: child.stdout }).on('line', (line) => {
        const announcement = parseLine(line);
        if (announcement) this.#announce(child, announcement);
      });
    if (this.spec.program) this.#mind(child, this.spec.program.probe);
    // A program that cannot be started ends without an exit.
    child.once('error', () => child.emit('exit', null, null));
    child.once('exit', (code, signal) => {
      if (this.#process !== child) return;
      this.#process = undefined;
      this.#greeting = undefined;
      this.emit('exit');
      if (!this.#held) this.#startAgain(born, { code, signal });
    });
  }

  #commandLine(): { command: string; args: string[] } {
    const { wrapper = [], args = [] } = this.alteration;
    const { program: own } = this.spec;
    const [command = '', ...rest] = [
      ...wrapper,
      ...(own ? [own.path] : [process.execPath, ...nodeFlags, program]),
      ...this.spec.args,
      ...args,
    ];
    return { command, args: rest };
  }

  /** A program of others knows no leash: it is ended with this process, as long as this one can. */
  #mind(child: ChildProcess, probe: () => Promise<boolean>): void {
    const end = () => child.kill('SIGKILL');
    process.once('exit', end);
    child.once('exit', () => process.off('exit', end));
    void this.#probe(child, probe);
  }

  async #probe(child: ChildProcess, probe: () => Promise<boolean>): Promise<void> {
    while (this.#process === child) {
      if (await probe()) return this.#announce(child, { ready: true });
      await sleep(probeEveryMs);
    }
  }

  #announce(child: ChildProcess, announcement: Announcement): void {
    if (this.#process !== child) return;
    this.#greeting ??= announcement;
    this.announcements.push(announcement);
    this.emit('announcement', announcement);
  }

  #startAgain(born: number, end: { code: number | null; signal: string | null }): void {
    this.#youngDeaths = Date.now() - born > healthyAfterMs ? 0 : this.#youngDeaths + 1;
    this.restarts += 1;
    this.emit('restart', end);
    const delay = restartDelaysMs[Math.min(this.#youngDeaths, restartDelaysMs.length - 1)] ?? 0;
    this.#timer = setTimeout(() => this.#spawn(), delay);
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
