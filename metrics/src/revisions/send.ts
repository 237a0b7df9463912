import { BenchlineError, describeError, type PublicationRequestJson } from '@benchline/model';
import { z } from 'zod';
import type { FeedAccess } from '../follower/feed.ts';

const Answer = z.object({ offset: z.int().min(0) });
const patience_ms = 10_000;

/**
 * Has ingest record a publication. Whether it has, is not known when this fails with `source_unavailable`.
 * @returns its offset in the ledger; undefined when there are publications that were not read yet.
 * @throws BenchlineError `not_authorized` or `source_unavailable`.
 */
export async function recordPublication(
  { url, authorization }: FeedAccess,
  publication: PublicationRequestJson,
  signal: AbortSignal,
): Promise<number | undefined> {
  const response = await post(new URL('/api/v1/publications', url), {
    headers: {
      'content-type': 'application/json',
      ...(authorization !== undefined && { authorization }),
    },
    body: JSON.stringify(publication),
    signal: AbortSignal.any([signal, AbortSignal.timeout(patience_ms)]),
  });
  const text = await response.text();
  if (response.ok) return Answer.parse(JSON.parse(text)).offset;
  if (response.status === 409) return undefined;
  if (response.status === 401 || response.status === 403)
    throw new BenchlineError('not_authorized', `ingest records no publications of ours: ${text}`, {
      hint: "grant 'publish' on '' to the metrics service in the credentials file of ingest",
    });
  throw new BenchlineError('source_unavailable', `ingest answered ${response.status}: ${text}`, {
    retryable: true,
  });
}

async function post(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { method: 'POST', ...init });
  } catch (cause) {
    throw new BenchlineError('source_unavailable', `ingest does not answer: ${describeError(cause)}`, {
      retryable: true,
      cause,
    });
  }
}
