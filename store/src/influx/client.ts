import { InfluxDB, type Transport } from '@influxdata/influxdb-client';
import type { InfluxConfig } from './config.ts';
import type { Credentials } from './credentials.ts';
import { HttpPoster, type HttpReply } from './http.ts';

/** An answer other than "stored", on its way through the client. */
class NotStored extends Error {
  readonly reply: HttpReply;

  constructor(reply: HttpReply) {
    super(`answered ${reply.status}`);
    this.reply = reply;
  }
}

/**
 * Writes finished lines through InfluxDB's client, over connections of ours: its own transport reads an endless JSON
 * answer to its end and leaves the socket of a silent server open. Its retry buffer, which forgets, stays off.
 */
export class InfluxClient {
  readonly #config: InfluxConfig;
  readonly #credentials: Credentials;
  readonly #poster: HttpPoster;
  readonly #client: InfluxDB;

  constructor(config: InfluxConfig, credentials: Credentials) {
    this.#config = config;
    this.#credentials = credentials;
    this.#poster = new HttpPoster(config);
    this.#client = new InfluxDB({ url: config.url, transport: this.#transport() });
  }

  /**
   * One request. Resolves with the answer when it is another than "all is stored" (204).
   * @throws Error when there is no whole answer.
   */
  async write(lines: readonly string[]): Promise<HttpReply | undefined> {
    if (lines.length === 0) return undefined;
    const { org, bucket } = this.#config.version === 2 ? this.#config : { org: '', bucket: '' };
    const api = this.#client.getWriteApi(org, bucket, 'ns', {
      // Larger than what it is given, which is one text: what the client sends by itself, nobody can wait for.
      batchSize: 2,
      maxBatchBytes: Number.POSITIVE_INFINITY,
      flushInterval: 0,
      maxRetries: 0,
      // Makes the error ours alone; otherwise the client also prints it.
      writeFailed: (error) => Promise.reject(error),
    });
    if (this.#config.version === 1)
      api.path = `/write?db=${encodeURIComponent(this.#config.database)}&precision=ns`;
    try {
      api.writeRecord(lines.join('\n'));
      await api.flush();
      return undefined;
    } catch (error) {
      if (error instanceof NotStored) return error.reply;
      throw error;
    } finally {
      api.dispose();
    }
  }

  close(): void {
    this.#poster.close();
  }

  #transport(): Transport {
    const send: Transport['send'] = (path, body, options, callbacks) => {
      this.#post(path, body, options.headers ?? {}).then(
        (reply) => {
          if (reply.status !== 204) callbacks?.error?.(new NotStored(reply));
          else {
            callbacks?.responseStarted?.({}, reply.status);
            callbacks?.complete?.();
          }
        },
        (error: unknown) => callbacks?.error?.(error as Error),
      );
    };
    // Writes need nothing else of a transport; queries go another way.
    return { send } as Transport;
  }

  async #post(path: string, body: string, headers: Record<string, string>): Promise<HttpReply> {
    const reply = await this.#poster.post(path, body, { ...headers, ...(await this.#credentials.headers()) });
    this.#credentials.answered(reply.status);
    return reply;
  }
}
