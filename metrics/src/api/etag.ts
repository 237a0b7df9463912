import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Marks an answer by what it says, its revisions included, and answers 304 to whoever has the same already
 * (RFC 9110, 13.1.2). Whatever changes a figure changes the mark: late data, an entry, a new revision, an open window.
 * For `onSend` of routes.
 */
export async function markAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<unknown> {
  if (reply.statusCode !== 200 || typeof payload !== 'string') return payload;
  const mark = `"${createHash('sha256').update(payload).digest('base64url')}"`;
  // Figures may change at any time: a copy is good for as long as the service says so.
  reply.header('etag', mark).header('cache-control', 'private, no-cache');
  if (!asked(request.headers['if-none-match']).has(mark)) return payload;
  reply.code(304).removeHeader('content-type');
  return '';
}

function asked(header: string | undefined): ReadonlySet<string> {
  return new Set((header ?? '').split(',').map((mark) => mark.trim().replace(/^W\//, '')));
}
