import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { BenchlineError } from '@benchline/model';
import { type Announcement, Child, type ChildSpec } from './child.ts';

const readyTimeoutMs = 60_000;
const hopelessRestarts = 5;

/** Runs children, restarts what dies, and ends them all in the reverse order of their start. */
export class Supervisor {
  readonly #children = new Map<string, Child>();
  readonly #say: (text: string) => void;

  constructor(say: (text: string) => void) {
    this.#say = say;
  }

  child(name: string): Child {
    const child = this.#children.get(name);
    if (!child) throw new BenchlineError('not_found', `no process is called '${name}'`);
    return child;
  }

  /** Restarts so far, by name of process. */
  restarts(): Record<string, number> {
    return Object.fromEntries([...this.#children].map(([name, child]) => [name, child.restarts]));
  }

  /**
   * Starts a process and waits until it says that it is ready.
   * @throws BenchlineError with the end of its log when it keeps dying or stays silent.
   */
  async start(spec: ChildSpec): Promise<Announcement> {
    const child = new Child(spec);
    this.#children.set(spec.name, child);
    child.on('restart', ({ code, signal }) =>
      this.#say(
        `${spec.name} ended (${signal ?? `exit status ${code}`}); starting it again, log: ${spec.log_file}`,
      ),
    );
    return await Promise.race([child.start(), hopeless(child)]);
  }

  async stop(...names: string[]): Promise<void> {
    const chosen = names.length ? names : [...this.#children.keys()];
    await Promise.all(chosen.map(async (name) => this.#children.get(name)?.stop()));
  }
}

/** Rejects when a process keeps dying or stays silent before it has said that it is ready. */
function hopeless(child: Child): Promise<never> {
  return new Promise((_, reject) => {
    const giveUp = (what: string) => {
      release();
      const { name, log_file } = child.spec;
      const lastWords = `${name} ${what}; its last words:\n${tail(log_file)}`;
      reject(
        new BenchlineError('source_unavailable', lastWords, { hint: `the whole log is in ${log_file}` }),
      );
    };
    const died = () => {
      if (child.restarts >= hopelessRestarts) giveUp(`died ${child.restarts} times`);
    };
    const late = setTimeout(() => giveUp(`was not ready within ${readyTimeoutMs / 1000} s`), readyTimeoutMs);
    const release = () => {
      clearTimeout(late);
      child.off('restart', died);
    };
    child.on('restart', died);
    child.once('announcement', release);
  });
}

/** The last kilobyte of a log file. */
function tail(file: string): string {
  if (!existsSync(file)) return '(it wrote no log)';
  const fd = openSync(file, 'r');
  try {
    const size = fstatSync(fd).size;
    const buffer = Buffer.alloc(Math.min(1024, size));
    readSync(fd, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8').trim();
  } finally {
    closeSync(fd);
  }
}
