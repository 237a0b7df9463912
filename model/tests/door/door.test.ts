import { createHash } from 'node:crypto';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BenchlineError } from '../../src/error.ts';
import { credentialsOf, type Door, type DoorOptions, openDoor } from '../../src/door/index.ts';

const open: Door[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((door) => door.close()));
});

async function serve(
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

function routes(app: FastifyInstance): void {
  const everywhere = { action: 'read', scope: () => '' } as const;
  app.get('/figures', { config: everywhere }, async (request) => ({ asked_by: request.principal?.name }));
  app.get(
    '/of/:site',
    { config: { action: 'read', scope: (r) => `demo/${(r.params as { site: string }).site}` } },
    () => 'ok',
  );
  app.post('/entries', { config: { action: 'write', scope: () => 'demo' } }, async (request) => request.body);
  app.get('/healthz', { config: { action: 'probe' } }, async () => ({ ok: true }));
  app.get('/forgotten', async () => 'secret');
  app.get('/window', { config: everywhere }, async (request) =>
    z.object({ from: z.iso.datetime() }).parse(request.query),
  );
  app.get('/absent', { config: everywhere }, async () => {
    throw new BenchlineError('not_found', "there is no machine 'mill-9'", { hint: 'see /api/v1/plant' });
  });
  app.get('/away', { config: everywhere }, async () => {
    throw new BenchlineError('store_unavailable', 'the store does not answer', { retryable: true });
  });
  app.get('/broken', { config: everywhere }, async () => {
    throw new Error('password is hunter2');
  });
}

/** A request with exactly these headers: fetch does not let Host, Origin or Sec-Fetch-* be set. */
async function ask(
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
    json: () => JSON.parse(answer),
  };
}

const token = 'f2d1'.repeat(16);
const credentials = credentialsOf({
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
const bearer = (value: string) => ({ authorization: `Bearer ${value}` });

describe('a door without credentials', () => {
  it('serves requests addressed to this computer, as the local principal', async () => {
    const { port } = await serve(routes);
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]) {
      const answer = await ask(port, '/figures', { host });
      expect([host, answer.status, answer.json()]).toEqual([host, 200, { asked_by: 'local' }]);
    }
  });

  it.each([
    ['a name that was rebound to 127.0.0.1', { host: 'evil.example:PORT' }],
    ['another port of this computer', { host: '127.0.0.1:1' }],
    ['a host without its port', { host: '127.0.0.1' }],
    ['a page of another site', { origin: 'http://evil.example' }],
    ['a page of another port', { origin: 'http://127.0.0.1:1' }],
    ['a page without origin (sandboxed, file)', { origin: 'null' }],
    [
      'an image or script tag of another site',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
    ],
  ])('refuses %s', async (_, headers) => {
    const { port } = await serve(routes);
    const sent = Object.fromEntries(
      Object.entries({ host: `127.0.0.1:${port}`, ...headers }).map(([k, v]) => [
        k,
        v.replace('PORT', String(port)),
      ]),
    );
    for (const path of ['/figures', '/healthz', '/nowhere']) {
      const answer = await ask(port, path, sent);
      expect([path, answer.status]).toEqual([path, 403]);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(answer.json()).toMatchObject({ status: 403, code: 'not_authorized' });
    }
  });

  it('refuses a form that another site posts, and follows a link from there', async () => {
    const { port } = await serve(routes);
    const fromElsewhere = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect((await ask(port, '/entries', fromElsewhere, 'POST')).status).toBe(403);
    expect((await ask(port, '/figures', fromElsewhere)).status).toBe(200);
  });

  it('serves its own page', async () => {
    const { port } = await serve(routes);
    const own = {
      host: `localhost:${port}`,
      origin: `http://localhost:${port}`,
      'sec-fetch-site': 'same-origin',
    };
    expect((await ask(port, '/figures', own)).status).toBe(200);
  });

  it.each(['0.0.0.0', '::', '192.0.2.1', 'plant.example'])('will not listen on %s', async (host) => {
    await expect(serve(routes, { host })).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining(host),
      hint: expect.stringContaining('http.credentials_file'),
    });
  });
});

describe('a door with credentials', () => {
  it('wants a token, and says how', async () => {
    const { port } = await serve(routes, { credentials });
    const answer = await ask(port, '/figures');
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="benchline"');
    expect(answer.json()).toMatchObject({ status: 401, code: 'not_authorized' });
  });

  it.each([`Bearer ${token.slice(0, -1)}0`, 'Bearer ', 'Basic YTpi', `Bearer ${token} x`])(
    'does not know %s',
    async (authorization) => {
      const { port } = await serve(routes, { credentials });
      const answer = await ask(port, '/figures', { authorization });
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toContain('error="invalid_token"');
    },
  );

  it('grants what the principal may do, where it may do it', async () => {
    const { port } = await serve(routes, { credentials });
    const status = async (path: string, who: string, method = 'GET') =>
      (await ask(port, path, bearer(who), method)).status;
    expect(await status('/of/ningbo', token)).toBe(200);
    expect(await status('/of/ningbo-2', token)).toBe(403);
    expect(await status('/figures', token)).toBe(403);
    expect(await status('/entries', token, 'POST')).toBe(403);
    expect(await status('/figures', 'other')).toBe(200);
    expect((await ask(port, '/figures', bearer('other'))).json()).toEqual({ asked_by: 'auditor' });
  });

  it('hides from strangers which routes there are, and answers probes', async () => {
    const { port } = await serve(routes, { credentials });
    expect((await ask(port, '/nowhere')).status).toBe(401);
    expect((await ask(port, '/nowhere', bearer(token))).status).toBe(404);
    expect((await ask(port, '/healthz')).status).toBe(200);
  });

  it('listens on every address and takes any Host', async () => {
    const { port } = await serve(routes, { credentials, host: '0.0.0.0' });
    expect((await ask(port, '/figures', { ...bearer('other'), host: 'plant.example' })).status).toBe(200);
  });
});

describe('answers', () => {
  it('refuses a route that states no action, and logs it when it is registered', async () => {
    const { port, log } = await serve(routes);
    expect(log.some((line) => line.includes('/forgotten') && line.includes('without action'))).toBe(true);
    const answer = await ask(port, '/forgotten');
    expect(answer.status).toBe(403);
    expect(answer.text).not.toContain('secret');
  });

  it('are problems (RFC 9457) that say what to do', async () => {
    const { port } = await serve(routes);
    const problems: [path: string, expected: object][] = [
      [
        '/window?from=yesterday',
        {
          status: 400,
          title: 'Bad Request',
          code: 'bad_request',
          errors: [{ path: 'from', message: expect.any(String) }],
        },
      ],
      [
        '/absent',
        { status: 404, code: 'not_found', detail: "there is no machine 'mill-9'", hint: 'see /api/v1/plant' },
      ],
      ['/nowhere?x=1', { status: 404, code: 'not_found', detail: 'there is no GET /nowhere' }],
      ['/away', { status: 503, code: 'store_unavailable' }],
      ['/broken', { status: 500, title: 'Internal Server Error' }],
      ['/%zz', { status: 400 }],
    ];
    for (const [path, expected] of problems) {
      const answer = await ask(port, path);
      expect(answer.headers['content-type'], path).toMatch(/^application\/problem\+json/);
      expect(answer.json(), path).toMatchObject({ type: 'about:blank', ...expected });
      expect(answer.status).toBe(answer.json().status);
    }
  });

  it('tell nothing of an unplanned error but log it', async () => {
    const { port, log } = await serve(routes);
    const answer = await ask(port, '/broken');
    expect(answer.text).not.toMatch(/hunter2|at .*\.ts/);
    expect(log.join('')).toContain('hunter2');
  });

  it('refuse bodies that are too large or no JSON', async () => {
    const { port } = await serve(routes, { bodyLimit: 100 });
    const json = { 'content-type': 'application/json' };
    expect((await ask(port, '/entries', json, 'POST', `"${'x'.repeat(200)}"`)).status).toBe(413);
    expect((await ask(port, '/entries', json, 'POST', '{')).json()).toMatchObject({
      status: 400,
      code: 'bad_request',
    });
    expect((await ask(port, '/entries', { 'content-type': 'text/xml' }, 'POST', '<a/>')).status).toBe(415);
    expect((await ask(port, '/entries', json, 'POST', '{"a":1}')).json()).toEqual({ a: 1 });
  });

  it('carry headers that keep a browser from being turned against the console', async () => {
    const { port } = await serve(routes);
    for (const path of ['/figures', '/nowhere', '/broken']) {
      const { headers } = await ask(port, path);
      expect(headers['content-security-policy']).toMatch(/default-src 'self'.*frame-ancestors 'none'/);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('no-referrer');
    }
  });
});

describe('listening and closing', () => {
  it('says which port is taken and how to choose another', async () => {
    const { port } = await serve(routes);
    await expect(serve(routes, { port, portOption: '--port' })).rejects.toMatchObject({
      code: 'port_busy',
      message: expect.stringContaining(String(port)),
      hint: expect.stringContaining('--port'),
    });
  });

  it.each([
    ['that end themselves', true],
    ['that would go on', false],
  ])('ends endless responses %s at once', async (_, endsItself) => {
    const door = await serve((app) => {
      app.get('/feed', { config: { action: 'read', scope: () => '', endless: true } }, (request, reply) => {
        const feed = new Readable({ read: () => {} });
        feed.push('{"offset":0}\n');
        if (endsItself) request.server.closing.addEventListener('abort', () => feed.push(null));
        return reply.type('application/x-ndjson').send(feed);
      });
    });
    const response = await fetch(`http://127.0.0.1:${door.port}/feed`);
    const end = response.text().catch(() => 'cut');
    const before = performance.now();
    await door.close();
    expect(await end).toBe(endsItself ? '{"offset":0}\n' : 'cut');
    expect(performance.now() - before).toBeLessThan(1000);
  });

  it('cuts an answer that takes longer than the grace', async () => {
    const door = await serve((app) => {
      app.get('/stuck', { config: { action: 'read', scope: () => '' } }, () => new Promise(() => {}));
    });
    const answer = ask(door.port, '/stuck').catch(() => 'cut');
    await sleep(50);
    const before = performance.now();
    await door.close();
    expect(await answer).toBe('cut');
    expect(performance.now() - before).toBeLessThan(4000);
  });

  it('lets an answer in progress finish', async () => {
    const door = await serve((app) => {
      app.get('/slow', { config: { action: 'read', scope: () => '' } }, async () => {
        await sleep(200);
        return 'done';
      });
    });
    const answer = ask(door.port, '/slow');
    await sleep(50);
    const before = performance.now();
    await door.close();
    expect((await answer).text).toBe('done');
    expect(performance.now() - before).toBeLessThan(1000);
  });
});
