import { BenchlineError } from '@benchline/model';

/** What is known of an answer that was no success. */
export interface Answer {
  status: number;
  text: string;
  retryAfter?: string | undefined;
}

/** The store's own trouble as an error: the caller keeps the data and may come again. */
export function unavailable(url: string, answer: Answer): BenchlineError {
  const retryAfter = Number(answer.retryAfter);
  return new BenchlineError(
    'store_unavailable',
    `InfluxDB at ${url} answers ${answer.status}: ${answer.text}`,
    {
      hint: hintFor(answer),
      retryable: true,
      ...(answer.retryAfter !== undefined && retryAfter >= 0 ? { retry_after_s: retryAfter } : {}),
    },
  );
}

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

function hintFor({ status, text }: Answer): string {
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
