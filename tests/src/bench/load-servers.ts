import { fileURLToPath } from 'node:url';
import { TalkingProcess } from './process.ts';

const program = fileURLToPath(new URL('./load-server.ts', import.meta.url));

/** A process of `load-server.ts`. */
export class LoadServer {
  readonly #process: TalkingProcess;

  constructor(machines: number, signals: number, first: number) {
    this.#process = new TalkingProcess(program, [machines, signals, first].map(String));
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Resolves once it listens. */
  async endpoint(): Promise<string> {
    return String((await this.#process.next())['endpoint']);
  }

  /** It makes so many changes a second from now on; resolves with how many it made so far. */
  async setRate(rate: number): Promise<number> {
    this.#process.tell(String(rate));
    return Number((await this.#process.next())['emitted']);
  }

  async stop(): Promise<void> {
    this.#process.finish();
    await this.#process.stop();
  }
}
