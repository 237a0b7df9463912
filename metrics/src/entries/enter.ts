import {
  BenchlineError,
  describeError,
  type EntryRequest,
  type ErrorCode,
  errorCodes,
  isoFromNs,
  onBehalfOfHeader,
} from '@benchline/model';
import type { FeedAccess } from '../follower/feed.ts';

const patience_ms = 15_000;

/**
 * Passes on to ingest what a principal of this service states, in their name.
 * @returns what ingest answers: the status, the place in the ledger and the entry as the ledger holds it.
 * @throws BenchlineError what ingest refuses it with; `source_unavailable` when it does not answer.
 */
export async function enter(
  ingest: FeedAccess,
  { subject, author, said }: { subject: string; author: string; said: EntryRequest },
): Promise<{ status: number; offset: number; entry: unknown }> {
  const url = new URL('/api/v1/entries', ingest.url);
  url.searchParams.set('subject', subject);
  const { from, to, ...rest } = said;
  const body = { ...rest, from: isoFromNs(from), ...(to !== undefined && { to: isoFromNs(to) }) };
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      [onBehalfOfHeader]: encodeURIComponent(author),
      ...(ingest.authorization !== undefined && { authorization: ingest.authorization }),
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(patience_ms),
  }).catch((cause: unknown) => {
    throw unavailable(`ingest does not answer: ${describeError(cause)}`, cause);
  });
  const answer = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  if (response.ok)
    return { status: response.status, offset: Number(answer['offset']), entry: answer['entry'] };
  throw refusal(response.status, answer);
}

/** What ingest says is wrong with the entry is told on; what is wrong between the two is this service's trouble. */
function refusal(status: number, { code, detail, hint }: Record<string, unknown>): BenchlineError {
  const text = typeof detail === 'string' ? detail : `ingest answered ${status}`;
  if (status === 401 || status === 403)
    return unavailable(`ingest does not let this service speak for people: ${text}`);
  if (status >= 500 || typeof code !== 'string' || !(code in errorCodes)) return unavailable(text);
  return new BenchlineError(code as ErrorCode, text, typeof hint === 'string' ? { hint } : {});
}

function unavailable(message: string, cause?: unknown): BenchlineError {
  return new BenchlineError('source_unavailable', message, {
    hint: 'nothing was entered; try again, and grant enter and speak_for to this service in the credentials file of ingest',
    retryable: true,
    cause,
  });
}
