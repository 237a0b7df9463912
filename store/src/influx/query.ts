import { z } from 'zod';
import { databaseOf, type InfluxConfig } from './config.ts';
import type { Credentials } from './credentials.ts';
import { type Answer, unavailable, unreachable } from './failure.ts';

/** A cell as JSON has it, but an integer of 16 digits or more is its decimal text. */
export type Cell = number | string | boolean | null;

export interface Series {
  name: string;
  tags: Readonly<Record<string, string>>;
  columns: readonly string[];
  rows: Cell[][];
}

/** An integer's cell; 0 for one that is empty. */
export function integer(cell: Cell | undefined): bigint {
  return BigInt(typeof cell === 'number' || typeof cell === 'string' ? cell : 0);
}

const Reply = z.object({
  error: z.string().optional(),
  results: z
    .array(
      z.object({
        error: z.string().optional(),
        partial: z.boolean().optional(),
        series: z
          .array(
            z.object({
              name: z.string(),
              tags: z.record(z.string(), z.string()).default({}),
              columns: z.array(z.string()),
              // Checked cell by cell where they are read: there may be millions.
              values: z.custom<Cell[][]>(Array.isArray).default([]),
            }),
          )
          .optional(),
      }),
    )
    .default([]),
});

/**
 * Asks InfluxQL, the language that InfluxDB 1.x, 2.x and 3.x all serve on `/query`. Chunked JSON: CSV would be
 * faster by a third, but answers an unknown database or a query that failed half-way with what looks like fewer rows.
 */
export class InfluxQl {
  readonly #config: InfluxConfig;
  readonly #credentials: Credentials;

  constructor(config: InfluxConfig, credentials: Credentials) {
    this.#config = config;
    this.#credentials = credentials;
  }

  /**
   * Runs one statement. Every name and text that comes from outside goes through `params` ($name in WHERE).
   * @throws BenchlineError `store_unavailable` when there is no complete answer.
   */
  async select(statement: string, params: Readonly<Record<string, string>> = {}): Promise<Series[]> {
    const series: Series[] = [];
    let unfinished = false;
    for await (const line of this.#lines(statement, params)) {
      if (line === '') continue;
      const reply = this.#parsed(line);
      const result = reply.results[0];
      const error = reply.error ?? result?.error;
      if (error !== undefined) throw this.#unavailable({ status: 200, text: error });
      unfinished = result?.partial ?? false;
      for (const { values, ...head } of result?.series ?? []) series.push({ ...head, rows: values });
    }
    if (unfinished) throw this.#unavailable({ status: 200, text: 'the answer ends before its last part' });
    return series;
  }

  async ping(): Promise<void> {
    const silence = new Silence(this.#config.timeout_ms);
    const response = await this.#fetch('/ping', {}, silence);
    silence.end();
    await response.body?.cancel();
  }

  async *#lines(statement: string, params: Readonly<Record<string, string>>): AsyncGenerator<string> {
    const body = new URLSearchParams({
      db: databaseOf(this.#config),
      q: statement,
      params: JSON.stringify(params),
      epoch: 'ns',
      chunked: 'true',
      chunk_size: '20000',
    });
    const silence = new Silence(this.#config.timeout_ms);
    const response = await this.#fetch('/query', { method: 'POST', body }, silence);
    const decoder = new TextDecoder();
    // A line comes in many pieces: joining them at every piece would take quadratic time.
    let pieces: string[] = [];
    let units = 0;
    try {
      for await (const bytes of response.body ?? []) {
        silence.broken();
        const text = decoder.decode(bytes as Uint8Array, { stream: true });
        const [piece = '', ...lines] = text.split('\n');
        pieces.push(piece);
        units += piece.length;
        if (units > longestLine) throw new Error('its answer has no end');
        for (const next of lines) {
          yield pieces.join('');
          pieces = [next];
          units = next.length;
        }
      }
    } catch (error) {
      throw unreachable(this.#config.url, error);
    } finally {
      silence.end();
    }
    yield pieces.join('');
  }

  #parsed(line: string): z.output<typeof Reply> {
    try {
      return Reply.parse(JSON.parse(quoteLongIntegers(line)));
    } catch {
      throw this.#unavailable({ status: 200, text: `no answer of InfluxDB: ${line.slice(0, 100)}` });
    }
  }

  async #fetch(path: string, init: RequestInit, silence: Silence): Promise<Response> {
    // Both ends would pay for compressing more than the way between them costs.
    const plain = { accept: 'application/json', 'accept-encoding': 'identity' };
    const headers = { ...plain, ...(await this.#credentials.headers()) };
    const url = this.#config.url.replace(/\/+$/, '') + path;
    // A redirect would carry the secret to who knows whom.
    const response = await fetch(url, {
      ...init,
      headers,
      redirect: 'manual',
      signal: silence.signal,
    }).catch((error: unknown) => {
      silence.end();
      throw unreachable(this.#config.url, error);
    });
    this.#credentials.answered(response.status);
    if (response.ok) return response;
    const text = await startOf(response);
    silence.end();
    throw this.#unavailable({
      status: response.status,
      text,
      headers: Object.fromEntries(response.headers),
    });
  }

  #unavailable(answer: Answer) {
    return unavailable(this.#config.url, answer);
  }
}

/** Characters of the longest line that is taken for an answer: 20 000 rows of long texts. */
const longestLine = 256 << 20;

/** The first piece of an error's body; the rest is not read. */
async function startOf(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const first = await reader?.read().catch(() => undefined);
  await reader?.cancel().catch(() => undefined);
  return new TextDecoder().decode(first?.value as Uint8Array | undefined);
}

/** Aborts once nothing has come for a while. */
class Silence {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(timeoutMs: number) {
    this.#timer = setTimeout(
      () => this.#controller.abort(new Error(`silent for ${timeoutMs} ms`)),
      timeoutMs,
    );
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  broken(): void {
    this.#timer.refresh();
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

/** JSON numbers are read as doubles, which end at 2⁵³: integers that may lie beyond become texts. */
function quoteLongIntegers(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|(?<=[[,])-?\d{16,}(?=[,\]])/g, (token) =>
    token.startsWith('"') ? token : `"${token}"`,
  );
}
