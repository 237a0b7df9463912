import { BenchlineError } from '@benchline/model';

/** What is known of an answer that was no success. */
export interface Answer {
  status: number;
  text: string;
  headers?: Readonly<Record<string, string | string[] | undefined>>;
}

/** So much of an answer is shown to people. */
const shown = 300;

/** The store's own trouble as an error: the caller keeps the data and may come again. */
export function unavailable(url: string, answer: Answer): BenchlineError {
  const wish = retryAfter_s(answer.headers?.['retry-after'], Date.now());
  const text = answer.text
    .slice(0, shown)
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
  return new BenchlineError(
    'store_unavailable',
    `InfluxDB at ${url} answers ${answer.status}${text && `: ${text}`}`,
    {
      hint: hintFor(answer),
      retryable: true,
      ...(wish === undefined ? {} : { retry_after_s: wish }),
    },
  );
}

/**
 * The seconds that a Retry-After header asks for: it names them, or an instant (RFC 9110, 10.2.3). Undefined when
 * it says neither.
 */
export function retryAfter_s(header: string | string[] | undefined, now_ms: number): number | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text.trim())) return Number(text);
  // Date.parse takes a bare number for a year.
  const at_ms = /[A-Za-z]{3}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at_ms) ? undefined : Math.max(0, (at_ms - now_ms) / 1000);
}

/** What the server itself says of an error; undefined when the answer is not one of InfluxDB's. */
export function serverWords({ text }: Answer): string | undefined {
  const body = parsed(text);
  if (typeof body !== 'object' || body === null) return cutOff(text);
  const { error, message } = body as { error?: unknown; message?: unknown };
  if (typeof error === 'string') return error;
  return typeof message === 'string' ? message : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A complaint about very many lines is longer than what is read of it, and no JSON then. */
function cutOff(text: string): string | undefined {
  return /^\{"error":"((?:partial write|unable to parse)[^]*)/.exec(text)?.[1];
}

/** `store_unavailable` for a request that got no answer, with the innermost cause, which names what failed. */
export function unreachable(url: string, cause: unknown): BenchlineError {
  const text = cause instanceof Error ? (rootOf(cause).message ?? cause.message) : String(cause);
  return new BenchlineError('store_unavailable', `InfluxDB at ${url} does not answer: ${text}`, {
    hint: 'check that the server runs and that url is right',
    retryable: true,
    cause,
  });
}

function rootOf(error: Error): Error {
  return error.cause instanceof Error ? rootOf(error.cause) : error;
}

function hintFor({ status, text, headers }: Answer): string {
  if (status >= 300 && status < 400)
    return `url has to be the server's own address; this one sends on to ${String(headers?.['location'])}`;
  if (status < 300) return 'this is no answer of InfluxDB to a write: check that url is right';
  if (/requires admin privilege/.test(text))
    return 'let an administrator create the database and GRANT ALL on it to this user';
  if (/database not found|DBRP|dbrp/.test(text))
    return 'check database; on 2.x map it to the bucket: influx v1 dbrp create --db NAME --rp autogen --default --bucket-id ID';
  if (status === 401 || status === 403)
    return 'check username and password_file, or token_file, and what this user may do';
  if (/limit exceeded/.test(text)) return 'raise the limit on the server, or find what makes so many series';
  if (status === 404) return 'check database, or org and bucket; a 2.x bucket has to exist';
  if (status === 429 || status === 503) return 'the server is busy; nothing to do unless it lasts';
  return "look at the server's own log";
}
