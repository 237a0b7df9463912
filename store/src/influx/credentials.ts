import { BenchlineError } from '@benchline/model';
import { authorization, type InfluxConfig } from './config.ts';

/** The Authorization header, read again from its file once the server has refused it: tokens are rotated. */
export class Credentials {
  readonly #config: InfluxConfig;
  #header: string | undefined;
  #refused = false;

  private constructor(config: InfluxConfig, header: string | undefined) {
    this.#config = config;
    this.#header = header;
  }

  /** @throws BenchlineError `config_invalid` when the secret's file cannot be read or is empty. */
  static async read(config: InfluxConfig): Promise<Credentials> {
    return new Credentials(config, await authorization(config));
  }

  /** @throws BenchlineError `store_unavailable` while the file of a refused secret cannot be read. */
  async headers(): Promise<Record<string, string>> {
    if (this.#refused) {
      this.#header = await authorization(this.#config).catch((error: unknown) => {
        if (!(error instanceof BenchlineError)) throw error;
        const hint = error.hint === undefined ? {} : { hint: error.hint };
        throw new BenchlineError('store_unavailable', error.message, {
          ...hint,
          retryable: true,
          cause: error,
        });
      });
      this.#refused = false;
    }
    return this.#header === undefined ? {} : { authorization: this.#header };
  }

  /** Takes note of an answer's status. */
  answered(status: number): void {
    if (status === 401 || status === 403) this.#refused = true;
  }
}
