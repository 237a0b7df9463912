import { HttpError, InfluxDB } from '@influxdata/influxdb-client';
import type { InfluxConfig } from './config.ts';
import { unavailable, unreachable } from './failure.ts';

/** A line that the server refused for what it says; `index` counts in the lines given. */
export interface RefusedLine {
  index: number;
  detail: string;
}

const linesARequest = 10_000;
/** InfluxDB 1.x takes bodies of up to 25 MB; a UTF-16 unit is at most three bytes of UTF-8. */
const unitsARequest = 8_000_000;

/** Sends finished lines. It keeps nothing for later: what rejects was not written and is the caller's to repeat. */
export class LineWriter {
  readonly #config: InfluxConfig;
  readonly #client: InfluxDB;

  constructor(config: InfluxConfig, authorization: string | undefined) {
    this.#config = config;
    this.#client = new InfluxDB({
      url: config.url,
      timeout: config.timeout_ms,
      // InfluxDB 1.x repeats a refused line in a header of its answer, control characters and all.
      transportOptions: { insecureHTTPParser: true },
      ...(authorization === undefined ? {} : { headers: { Authorization: authorization } }),
    });
  }

  /**
   * Writes lines in order. Lines that the server refuses are found by halving and come back; all others are
   * stored. Writing a line twice is harmless, and a request that stored its good lines before it complained of
   * the bad ones is therefore simply repeated in parts.
   * @throws BenchlineError `store_unavailable`; any of the lines may have been stored then.
   */
  async write(lines: readonly string[]): Promise<RefusedLine[]> {
    const refused: RefusedLine[] = [];
    for (const [from, to] of requests(lines)) await this.#writePart(lines, from, to, refused);
    return refused;
  }

  async #writePart(
    lines: readonly string[],
    from: number,
    to: number,
    refused: RefusedLine[],
  ): Promise<void> {
    const detail = await this.#post(lines.slice(from, to));
    if (detail === undefined) return;
    if (to - from === 1) {
      refused.push({ index: from, detail });
      return;
    }
    const middle = (from + to) >>> 1;
    await this.#writePart(lines, from, middle, refused);
    await this.#writePart(lines, middle, to, refused);
  }

  /** One request. Resolves with the server's words when it refuses what the lines say, undefined when all is stored. */
  async #post(lines: string[]): Promise<string | undefined> {
    const { org, bucket } = this.#config.version === 2 ? this.#config : { org: '', bucket: '' };
    const api = this.#client.getWriteApi(org, bucket, 'ns', {
      // Larger than the batch: what the client sends by itself, nobody can wait for.
      batchSize: lines.length + 1,
      maxBatchBytes: Number.POSITIVE_INFINITY,
      flushInterval: 0,
      maxRetries: 0,
      gzipThreshold: Number.POSITIVE_INFINITY,
      // Makes the error ours alone; otherwise the client also prints it.
      writeFailed: (error) => Promise.reject(error),
    });
    if (this.#config.version === 1)
      api.path = `/write?db=${encodeURIComponent(this.#config.database)}&precision=ns`;
    try {
      api.writeRecords(lines);
      await api.flush();
      return undefined;
    } catch (error) {
      return this.#refusal(error);
    } finally {
      api.dispose();
    }
  }

  #refusal(error: unknown): string {
    if (!(error instanceof HttpError)) throw unreachable(this.#config.url, error);
    const text = serverWords(error);
    // A proxy's or another program's 400 says nothing about the lines, and a full index is the store's own state.
    if (![400, 413, 422].includes(error.statusCode) || text === undefined || /limit exceeded/.test(text))
      throw unavailable(this.#config.url, {
        status: error.statusCode,
        text: text ?? error.message,
        retryAfter: error.headers?.['retry-after']?.toString(),
      });
    return text;
  }
}

function serverWords(error: HttpError): string | undefined {
  if (error.statusCode === 413) return error.message || 'too large';
  const body: unknown = error.json;
  if (typeof body !== 'object' || body === null) return undefined;
  const { error: words, message } = body as { error?: unknown; message?: unknown };
  if (typeof words === 'string') return words;
  return typeof message === 'string' ? message : undefined;
}

/** Cuts lines into requests that a server takes. */
function* requests(lines: readonly string[]): Generator<[from: number, to: number]> {
  let from = 0;
  let units = 0;
  for (const [index, line] of lines.entries()) {
    const full = index - from >= linesARequest || units + line.length > unitsARequest;
    if (full && index > from) {
      yield [from, index];
      from = index;
      units = 0;
    }
    units += line.length + 1;
  }
  if (from < lines.length) yield [from, lines.length];
}
