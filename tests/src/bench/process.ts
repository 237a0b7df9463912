import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { BenchlineError } from '@benchline/model';

type Message = Readonly<Record<string, unknown>>;

/** A Node process that says what it has to say as lines of JSON, and ends when its stdin is closed. */
export class TalkingProcess {
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #lines: AsyncIterator<string, undefined>;

  constructor(script: string, args: readonly string[]) {
    this.#name = args[0] ?? script;
    this.#child = spawn(process.execPath, [script, ...args], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...process.env, BENCHLINE_SUPERVISED: '1' },
    });
    if (!this.#child.stdout) throw new Error('a process without stdout');
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** The next message. @throws BenchlineError when the process ends without one. */
  async next(): Promise<Message> {
    for (;;) {
      const line: IteratorResult<string, undefined> = await this.#lines.next();
      if (line.done) throw new BenchlineError('source_unavailable', `${this.#name} ended without a word`);
      // node-opcua prints its warnings on stdout, in between.
      if (line.value.startsWith('{')) return JSON.parse(line.value) as Message;
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Gives it a line to read. */
  tell(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /** Closes its stdin: it may still have something to say. */
  finish(): void {
    this.#child.stdin?.end();
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 6000);
    await gone;
    clearTimeout(timer);
  }
}
