import { once } from 'node:events';
import http, { type IncomingHttpHeaders, type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import { systemCode } from '@benchline/model';

export interface HttpReply {
  status: number;
  headers: IncomingHttpHeaders;
  /** Its first bytes; never more than `keptBytes`. */
  text: string;
}

/** Nothing came for as long as the timeout allows. */
export class Silence extends Error {}

/** So much of an answer to a write is looked at. A server's complaint of many lines repeats each of them. */
const keptBytes = 64 << 10;

/**
 * Posts bodies to one server over kept connections. An answer is a value whatever its status; redirects are not
 * followed, since a secret goes along. It rejects when there is no whole answer: refused, reset, or silent for
 * longer than the timeout.
 */
export class HttpPoster {
  readonly #base: URL;
  readonly #timeout_ms: number;
  readonly #agent: http.Agent;

  constructor(options: { url: string; timeout_ms: number }) {
    this.#base = new URL(options.url);
    this.#timeout_ms = options.timeout_ms;
    const kept = { keepAlive: true, maxSockets: 4, maxFreeSockets: 2 };
    this.#agent = this.#base.protocol === 'https:' ? new https.Agent(kept) : new http.Agent(kept);
  }

  /** Once more at once when a kept connection turns out to be dead: the server has restarted meanwhile. */
  async post(path: string, body: string, headers: Readonly<Record<string, string>>): Promise<HttpReply> {
    const first = this.#open(path, body, headers);
    try {
      return await this.#answer(first);
    } catch (error) {
      if (!first.reusedSocket || !isReset(error)) throw error;
      return await this.#answer(this.#open(path, body, headers));
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #open(path: string, body: string, headers: Readonly<Record<string, string>>): http.ClientRequest {
    const { request } = this.#base.protocol === 'https:' ? https : http;
    const bytes = Buffer.from(body, 'utf8');
    const options: RequestOptions = {
      method: 'POST',
      path: this.#base.pathname.replace(/\/+$/, '') + path,
      agent: this.#agent,
      headers: { ...headers, 'content-length': bytes.length },
      timeout: this.#timeout_ms,
      // InfluxDB 1.x repeats a refused line in a header of its answer, control characters and all.
      insecureHTTPParser: true,
    };
    const opened = request(this.#base, options);
    opened.on('timeout', () => opened.destroy(this.#silence()));
    // Errors that come after the answer has begun are told by the answer, too; here nobody would be listening.
    opened.on('error', () => undefined);
    opened.end(bytes);
    return opened;
  }

  async #answer(request: http.ClientRequest): Promise<HttpReply> {
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    // Silence alone would let an answer drip for ever.
    const timer = setTimeout(() => response.destroy(this.#silence()), this.#timeout_ms);
    try {
      const { statusCode: status = 0, headers } = response;
      return { status, headers, text: await startOf(response) };
    } finally {
      clearTimeout(timer);
    }
  }

  #silence(): Silence {
    return new Silence(`no answer within ${this.#timeout_ms} ms`);
  }
}

async function startOf(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  // Leaving the loop early closes the connection: what follows is not read.
  for await (const piece of response as AsyncIterable<Buffer>) {
    pieces.push(piece);
    size += piece.length;
    if (size >= keptBytes) break;
  }
  return Buffer.concat(pieces).subarray(0, keptBytes).toString('utf8');
}

function isReset(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'ECONNRESET' || code === 'EPIPE';
}
