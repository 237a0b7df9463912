import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../../model/bin/benchline.ts', import.meta.url));

/** `benchline ARGS` as a process of its own, ended by `stop` or `kill`. */
export class Program {
  readonly announcements: Record<string, unknown>[] = [];
  readonly #process: ChildProcess;
  readonly #waiting = new Set<() => void>();
  #said = '';

  constructor(...args: string[]) {
    this.#process = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process.stderr?.on('data', (text: Buffer) => {
      this.#said += text.toString();
    });
    if (this.#process.stdout)
      createInterface({ input: this.#process.stdout }).on('line', (line) => {
        this.announcements.push(JSON.parse(line) as Record<string, unknown>);
        for (const look of this.#waiting) look();
      });
    this.#process.once('exit', () => {
      for (const look of this.#waiting) look();
    });
  }

  /** What it says on stderr. */
  get said(): string {
    return this.#said;
  }

  /** The first line of JSON on stdout that has the key. */
  async announced(key: string): Promise<Record<string, unknown>> {
    for (;;) {
      const found = this.announcements.find((announcement) => key in announcement);
      if (found) return found;
      if (this.#process.exitCode !== null) throw new Error(`it ended: ${this.#said}`);
      await new Promise<void>((resolve) => {
        const look = () => {
          this.#waiting.delete(look);
          resolve();
        };
        this.#waiting.add(look);
      });
    }
  }

  /** Resolves with the exit status. */
  async ended(): Promise<number | null> {
    if (this.#process.exitCode === null && this.#process.signalCode === null)
      await once(this.#process, 'exit');
    return this.#process.exitCode;
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  async stop(): Promise<number | null> {
    this.#process.kill('SIGTERM');
    return await this.ended();
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.ended();
  }
}
