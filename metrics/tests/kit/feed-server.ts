import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Publication, type SignedBatch, sha256Hex } from '@benchline/model';
import { ledgerLine } from './batches.ts';

/** A ledger's feed on a port of its own, as ingest serves it: NDJSON from an offset on, an empty line a second. */
export class FeedServer {
  readonly lines: string[] = [];
  /** What was before is deleted. */
  floor = 0;
  /** Of the store of which it shows what that holds. */
  life: string | undefined;
  /** How much that is. */
  shown = Number.POSITIVE_INFINITY;
  /** Answer to whoever publishes, instead of recording it. */
  refusing: number | undefined;
  /** Called when a publication is recorded, before that is answered. */
  onPublished: (() => Promise<void>) | undefined;
  /** The query of every request so far. */
  readonly asked: URLSearchParams[] = [];
  readonly #server: Server;
  readonly #readers = new Map<ServerResponse, number>();
  #beat: NodeJS.Timeout | undefined;
  #silent = false;

  constructor() {
    this.#server = createServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://feed');
      if (url.pathname === '/status') response.end(JSON.stringify({ ledger: { next: this.lines.length } }));
      else if (url.pathname === '/api/v1/publications') void this.#publish(request, response);
      else if (url.pathname === '/readyz') response.end(JSON.stringify({ status: 'ready', stages: [] }));
      else this.#follow(url.searchParams, response);
    });
  }

  static async open(): Promise<FeedServer> {
    const feed = new FeedServer();
    await feed.listen(0);
    return feed;
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(port, '127.0.0.1', done));
    this.#beat = setInterval(() => this.beat(), 1000);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Says that it has no more to show now. */
  beat(): void {
    this.#write('\n');
  }

  append(...batches: SignedBatch[]): void {
    for (const batch of batches) this.lines.push(ledgerLine(this.lines.length, batch));
    this.#tell();
  }

  /** Appends a record of another kind. */
  record(record: { kind: string } & Record<string, unknown>): void {
    const place = { offset: this.lines.length, received_ns: `${BigInt(Date.now()) * 1_000_000n}` };
    this.lines.push(JSON.stringify({ ...place, ...record }));
    this.#tell();
  }

  /** What was published so far. */
  get publications(): Publication[] {
    return this.lines.flatMap((line) => {
      const record = JSON.parse(line) as { kind: string; publication?: unknown };
      return record.kind === 'publication' ? [Publication.parse(record.publication)] : [];
    });
  }

  /** Cuts every reader off in the middle of a line. */
  cut(): void {
    for (const reader of this.#readers.keys()) {
      reader.write('{"offset":');
      reader.destroy();
    }
  }

  /** Says nothing any more while connections stay open, as behind a dead network. */
  freeze(silent: boolean): void {
    this.#silent = silent;
  }

  async close(): Promise<void> {
    clearInterval(this.#beat);
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  async #publish(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const { previous, ...content } = JSON.parse(text) as { previous: number | null };
    const newest = this.lines.findLastIndex((line) => line.includes('"kind":"publication"'));
    const answer = this.refusing ?? (newest > (previous ?? -1) ? 409 : 201);
    if (answer === 201) {
      this.record({ kind: 'publication', publication: { by: 'local', ...content } });
      await this.onPublished?.();
    }
    response.writeHead(answer).end(JSON.stringify({ offset: this.lines.length - 1 }));
  }

  #tell(): void {
    for (const [reader, next] of this.#readers) this.#send(reader, next);
  }

  #follow(query: URLSearchParams, response: ServerResponse): void {
    this.asked.push(query);
    const from = Number(query.get('from'));
    const { floor, life } = this;
    const headers = {
      'benchline-floor': floor,
      'benchline-next': this.lines.length,
      ...(life !== undefined && { 'benchline-life': life }),
    };
    const dead = query.has('life') && query.get('life') !== life;
    const refusal = dead ? 409 : this.#refusal(from, query.get('after'));
    if (refusal !== undefined) {
      response.writeHead(refusal, headers).end();
      return;
    }
    response.writeHead(200, { ...headers, 'content-type': 'application/x-ndjson' });
    response.once('close', () => this.#readers.delete(response));
    this.#write('\n');
    this.#send(response, from);
  }

  #refusal(from: number, after: string | null): number | undefined {
    if (from > this.lines.length) return 409;
    if (from < this.floor) return 410;
    const line = this.lines[from - 1];
    const other = line !== undefined && after !== null && sha256Hex(line) !== after;
    return other ? 409 : undefined;
  }

  #send(reader: ServerResponse, from: number): void {
    this.#readers.set(reader, this.#silent ? from : Math.min(this.shown, this.lines.length));
    if (!this.#silent)
      reader.write(
        this.lines
          .slice(from, this.shown)
          .map((line) => `${line}\n`)
          .join('') || '\n',
      );
  }

  #write(text: string): void {
    if (!this.#silent) for (const reader of this.#readers.keys()) reader.write(text);
  }
}
