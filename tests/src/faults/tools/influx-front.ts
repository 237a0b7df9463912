import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import type { Address } from '../fault.ts';

/** How the front answers; `honest` passes everything on. */
export type InfluxMood =
  | { mood: 'honest' }
  /** Answers every write so and stores nothing. */
  | { mood: 'refuses'; status: number; retry_after_s?: number }
  /** Stores the lines that `refuses` lets through and answers 400, as influxd does for a field type conflict. */
  | { mood: 'partial'; refuses: (line: string) => boolean }
  /** Stores everything and drops the connection instead of answering. */
  | { mood: 'loses-response' }
  /** Takes the request in and neither stores nor answers; on the next mood the connection is dropped. */
  | { mood: 'hangs' }
  | { mood: 'slow'; delay_ms: number }
  /** Answers as influxd 1.x with a full disk, and stores nothing. */
  | { mood: 'disk-full' };

/** What influxd 1.x says, by status; the texts are what clients see of a real one. */
const wording: Readonly<Record<number, string>> = {
  401: 'authorization failed',
  404: 'database not found: "benchline"',
  429: 'too many requests',
  500: 'timeout',
  503: 'service unavailable',
};
const diskFull =
  'engine: error writing WAL entry: write /var/lib/influxdb/wal/benchline/autogen/1/_00001.wal: no space left on device';

interface Request {
  path: string;
  method: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

/** An HTTP front before a real InfluxDB that misbehaves on writes as it is told; reads pass. */
export class InfluxFront {
  readonly counters = { writes: 0, refused: 0, refused_lines: 0 };
  readonly #server: Server;
  readonly #target: Address;
  readonly #open = new Set<ServerResponse>();
  #mood: InfluxMood = { mood: 'honest' };

  private constructor(server: Server, target: Address) {
    this.#server = server;
    this.#target = target;
  }

  /** Listens on a free port of loopback. */
  static async open(target: Address): Promise<InfluxFront> {
    const server = createServer();
    const front = new InfluxFront(server, target);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      front.#open.add(response);
      response.once('close', () => front.#open.delete(response));
      // The client went away, or influxd did: the connection tells the other side.
      front.#serve(request, response).catch(() => response.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return front;
  }

  get address(): Address {
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port };
  }

  /** From now on; requests that hang are dropped. */
  set mood(mood: InfluxMood) {
    const hung = this.#mood.mood === 'hangs';
    this.#mood = mood;
    if (hung) for (const response of this.#open) response.destroy();
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request: Request = {
      path: incoming.url ?? '/',
      method: incoming.method ?? 'GET',
      headers: incoming.headers,
      body: Buffer.concat((await incoming.toArray()) as Buffer[]),
    };
    if (!isWrite(request)) return await this.#pass(request, response);
    this.counters.writes += 1;
    await this.#write(request, response, this.#mood);
  }

  async #write(request: Request, response: ServerResponse, mood: InfluxMood): Promise<void> {
    switch (mood.mood) {
      case 'honest':
        return await this.#pass(request, response);
      case 'slow':
        await sleep(mood.delay_ms);
        return await this.#pass(request, response);
      case 'refuses':
        return this.#refuse(response, mood.status, wording[mood.status] ?? 'refused', mood.retry_after_s);
      case 'disk-full':
        return this.#refuse(response, 500, diskFull);
      case 'loses-response':
        await this.#forward(request);
        response.destroy();
        return;
      case 'partial':
        return await this.#partly(request, response, mood.refuses);
      case 'hangs':
        await once(response, 'close');
    }
  }

  async #partly(
    request: Request,
    response: ServerResponse,
    refuses: (line: string) => boolean,
  ): Promise<void> {
    const gzipped = request.headers['content-encoding'] === 'gzip';
    const lines = (gzipped ? gunzipSync(request.body) : request.body).toString('utf8').split('\n');
    const kept = lines.filter((line) => !refuses(line));
    const dropped = lines.length - kept.length;
    if (dropped === 0) return await this.#pass(request, response);
    const { 'content-encoding': _encoding, ...headers } = request.headers;
    if (kept.some(Boolean)) await this.#forward({ ...request, headers, body: Buffer.from(kept.join('\n')) });
    this.counters.refused_lines += dropped;
    this.#refuse(
      response,
      400,
      `partial write: field type conflict: input field "value" on measurement "signal" is type string, already exists as type float dropped=${dropped}`,
    );
  }

  #refuse(response: ServerResponse, status: number, error: string, retry_after_s?: number): void {
    this.counters.refused += 1;
    response.writeHead(status, {
      'content-type': 'application/json',
      'x-influxdb-version': '1.6.7',
      'x-influxdb-error': error,
      ...(retry_after_s === undefined ? {} : { 'retry-after': String(retry_after_s) }),
    });
    response.end(JSON.stringify({ error }));
  }

  async #pass(request: Request, response: ServerResponse): Promise<void> {
    const answer = await this.#forward(request, response);
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    for await (const chunk of answer as AsyncIterable<Buffer>)
      if (!response.write(chunk)) await once(response, 'drain');
    response.end();
  }

  /** Resolves with the head of the answer; its body is left to the caller, or thrown away without `response`. */
  async #forward(request: Request, response?: ServerResponse): Promise<IncomingMessage> {
    const { 'transfer-encoding': _encoding, connection: _connection, ...headers } = request.headers;
    const onward = httpRequest({
      host: this.#target.host,
      port: this.#target.port,
      path: request.path,
      method: request.method,
      headers: { ...headers, 'content-length': String(request.body.length) },
      agent: false,
    });
    response?.once('close', () => onward.destroy());
    const answered = once(onward, 'response') as Promise<[IncomingMessage]>;
    onward.end(request.body);
    const [answer] = await answered;
    if (!response) {
      answer.resume();
      await once(answer, 'end');
    }
    return answer;
  }
}

function isWrite({ method, path }: Request): boolean {
  return method === 'POST' && /^\/(api\/v2\/)?write(\?|$)/.test(path);
}
