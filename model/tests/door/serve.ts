import { createHash } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { pino } from 'pino';
import { afterEach } from 'vitest';
import { z } from 'zod';
import { credentialsOf, type Door, type DoorOptions, openDoor } from '../../src/door/index.ts';
import { BenchlineError } from '../../src/error.ts';

const open: Door[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((door) => door.close()));
});

/** Opens a door on a free port and closes it after the test. */
export async function serve(
  register: (app: FastifyInstance) => void,
  options: Partial<DoorOptions> = {},
): Promise<Door & { log: string[] }> {
  const log: string[] = [];
  const door = await openDoor(
    {
      service: 'test',
      host: '127.0.0.1',
      port: 0,
      log: pino({}, { write: (line) => log.push(line) }),
      ...options,
    },
    register,
  );
  open.push(door);
  return { ...door, log };
}

/** One route of each kind that a service may have. */
export function routes(app: FastifyInstance): void {
  const get = (url: string, handler: (request: FastifyRequest) => unknown) =>
    app.route({ method: 'GET', url, config: { action: 'read', scope: () => '' }, handler });
  get('/figures', (request) => ({ asked_by: request.principal?.name }));
  get('/window', (request) => z.object({ from: z.iso.datetime() }).parse(request.query));
  get('/absent', () => {
    throw new BenchlineError('not_found', "there is no machine 'mill-9'", { hint: 'see /api/v1/plant' });
  });
  get('/away', () => {
    throw new BenchlineError('store_unavailable', 'the store does not answer', { retryable: true });
  });
  get('/broken', () => {
    throw new Error('password is hunter2');
  });
  app.route<{ Params: { site: string } }>({
    method: 'GET',
    url: '/of/:site',
    config: { action: 'read', scope: (request) => `demo/${(request.params as { site: string }).site}` },
    handler: (request) => request.params.site,
  });
  app.route({
    method: 'POST',
    url: '/entries',
    config: { action: 'enter', scope: () => 'demo' },
    handler: (request) => request.body,
  });
  app.route({ method: 'GET', url: '/healthz', config: { action: 'probe' }, handler: () => ({ ok: true }) });
  app.route({ method: 'GET', url: '/forgotten', handler: () => 'secret' });
}

/** A request with exactly these headers: fetch does not let Host, Origin or Sec-Fetch-* be set. */
export async function ask(
  port: number,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
  body?: string,
) {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = httpRequest({ host: '127.0.0.1', port, path, method, headers }, resolve).on(
      'error',
      reject,
    );
    outgoing.end(body);
  });
  const answer = await text(response);
  return {
    status: response.statusCode,
    headers: response.headers,
    text: answer,
    json: () => JSON.parse(answer) as Record<string, unknown>,
  };
}

export const token = 'f2d1'.repeat(16);
export const credentials = credentialsOf({
  principals: [
    {
      name: 'board',
      token_sha256: createHash('sha256').update(token).digest('hex'),
      grants: [{ action: 'read', scope: 'demo/ningbo' }],
    },
    {
      name: 'auditor',
      token_sha256: createHash('sha256').update('other').digest('hex'),
      grants: [{ action: 'read', scope: '' }],
    },
  ],
});
export const bearer = (value: string) => ({ authorization: `Bearer ${value}` });
