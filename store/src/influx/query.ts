import { z } from 'zod';
import { databaseOf, type InfluxConfig } from './config.ts';
import { unavailable, unreachable } from './failure.ts';

/** A cell as JSON has it, but an integer of 16 digits or more is its decimal text. */
export type Cell = number | string | boolean | null;

export interface Series {
  name: string;
  tags: Readonly<Record<string, string>>;
  columns: readonly string[];
  rows: Cell[][];
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
  readonly #headers: Record<string, string>;

  constructor(config: InfluxConfig, authorization: string | undefined) {
    this.#config = config;
    this.#headers = { accept: 'application/json', ...(authorization && { authorization }) };
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
      const reply = Reply.parse(JSON.parse(quoteLongIntegers(line)));
      const result = reply.results[0];
      const error = reply.error ?? result?.error;
      if (error !== undefined) throw this.#unavailable(200, error);
      unfinished = result?.partial ?? false;
      for (const { values, ...head } of result?.series ?? []) series.push({ ...head, rows: values });
    }
    if (unfinished) throw this.#unavailable(200, 'the answer ends before its last part');
    return series;
  }

  async ping(): Promise<void> {
    const silence = new Silence(this.#config.timeout_ms);
    const response = await this.#fetch(new Request(this.#url('/ping'), { headers: this.#headers }), silence);
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
    const request = new Request(this.#url('/query'), { method: 'POST', headers: this.#headers, body });
    const response = await this.#fetch(request, silence);
    const decoder = new TextDecoder();
    // A line comes in many pieces: joining them at every piece would take quadratic time.
    let pieces: string[] = [];
    try {
      for await (const bytes of response.body ?? []) {
        silence.broken();
        const text = decoder.decode(bytes as Uint8Array, { stream: true });
        const [piece = '', ...lines] = text.split('\n');
        pieces.push(piece);
        for (const next of lines) {
          yield pieces.join('');
          pieces = [next];
        }
      }
    } catch (error) {
      throw unreachable(this.#config.url, error);
    } finally {
      silence.end();
    }
    yield pieces.join('');
  }

  async #fetch(request: Request, silence: Silence): Promise<Response> {
    const response = await fetch(request, { signal: silence.signal }).catch((error: unknown) => {
      silence.end();
      throw unreachable(this.#config.url, error);
    });
    if (response.ok) return response;
    const text = (await response.text().catch(() => '')).slice(0, 500);
    silence.end();
    throw this.#unavailable(response.status, text, response.headers.get('retry-after') ?? undefined);
  }

  #url(path: string): string {
    return this.#config.url.replace(/\/+$/, '') + path;
  }

  #unavailable(status: number, text: string, retryAfter?: string) {
    return unavailable(this.#config.url, { status, text, retryAfter });
  }
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
