import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { BenchlineError, type ErrorCode, errorCodes } from '../error.ts';

/** An error as every API of Benchline answers it: RFC 9457, media type `application/problem+json`. */
export const Problem = z
  .object({
    type: z.string().describe('about:blank: the status and the code say what it is'),
    title: z.string().describe('The HTTP status in words'),
    status: z.int(),
    detail: z.string().optional().describe('What is wrong with this request'),
    code: z
      .enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]])
      .optional()
      .describe('The error code to program against'),
    hint: z.string().optional().describe('What to do next'),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .describe('Each part of the request that does not fit its schema'),
  })
  .describe('An error (RFC 9457)');
export type Problem = z.output<typeof Problem>;

export function problem(status: number, members: Partial<Problem> = {}): Problem {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, ...members };
}

/** Answers with a problem and the media type of RFC 9457. */
export function sendProblem(reply: FastifyReply, body: Problem): FastifyReply {
  return reply.status(body.status).type('application/problem+json').send(body);
}

const statusOfCode: Partial<Record<ErrorCode, number>> = {
  bad_request: 400,
  value_unrepresentable: 400,
  batch_malformed: 400,
  not_authorized: 403,
  not_found: 404,
  ledger_diverged: 409,
  publication_behind: 409,
  entry_conflict: 409,
  ledger_retired: 410,
  too_many_readers: 503,
  store_unavailable: 503,
  source_unavailable: 503,
};

/** What a failed request is answered. What nobody planned is logged in full and answered with nothing in it. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const body = problemOf(error);
  if (body.status === 503) request.log.warn({ err: error, url: request.url }, 'cannot answer now');
  else if (body.status >= 500) request.log.error({ err: error, url: request.url }, 'request failed');
  if (error instanceof BenchlineError && error.retry_after_s !== undefined)
    reply.header('retry-after', error.retry_after_s);
  return sendProblem(reply, body);
}

const mostNamed = 3;

/** What does not fit its schema, the first of it in the text as well. */
function misfit({ issues }: z.ZodError): Problem {
  const errors = issues
    .flatMap((issue) => likeliest(issue))
    .map(({ path, message }) => ({
      path: path.join('.'),
      message: message.endsWith('received undefined') ? 'is missing' : message,
    }));
  const named = errors
    .slice(0, mostNamed)
    .map(({ path, message }) => (path ? `${path}: ${message}` : message));
  return problem(400, {
    code: 'bad_request',
    detail: `the request does not fit its schema: ${named.join('; ')}`,
    hint: 'mend each part of the request that errors names',
    errors,
  });
}

/** Of something that may have several shapes: what is wrong with the shape that it comes nearest to. */
function likeliest(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const shapes = issue.errors.map((all) => all.flatMap((one) => likeliest(one)));
  const near = shapes.find((all) => all.every(({ code }) => code !== 'invalid_type')) ?? shapes[0];
  return near ? near.map((one) => ({ ...one, path: [...issue.path, ...one.path] })) : [issue];
}

function problemOf(error: unknown): Problem {
  if (error instanceof z.ZodError) return misfit(error);
  if (error instanceof BenchlineError) {
    const status = statusOfCode[error.code];
    if (status === undefined) return problem(500, { code: error.code });
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    return problem(status, { code: error.code, detail: error.message, ...hint });
  }
  const { statusCode, message } = error as Partial<FastifyError>;
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return problem(statusCode, {
      code: 'bad_request',
      ...(message === undefined ? {} : { detail: message }),
      ...(hintOfStatus[statusCode] !== undefined && { hint: hintOfStatus[statusCode] }),
    });
  return problem(500);
}

/** What to do about a request that was refused before its route saw it. */
const hintOfStatus: Readonly<Record<number, string>> = {
  400: 'send a JSON body as the description of the service says, and encode what an address may not contain (% as %25)',
  413: 'send less in one request',
  415: 'send JSON, with content-type: application/json',
};
