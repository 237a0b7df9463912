import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { aText, containing } from '../matchers.ts';
import { ask, routes, serve } from './serve.ts';

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
          errors: [{ path: 'from', message: aText }],
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
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect({ path, ...answer.json() }).toMatchObject({ path, type: 'about:blank', ...expected });
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
    for (const type of ['text/xml', 'text/plain'])
      expect((await ask(port, '/entries', { 'content-type': type }, 'POST', '<a/>')).json()).toMatchObject({
        status: 415,
        hint: containing('application/json'),
      });
    const packed = await ask(port, '/entries', { ...json, 'content-encoding': 'gzip' }, 'POST', '{"a":1}');
    expect(packed.json()).toMatchObject({ status: 415, detail: containing("'gzip'") });
    expect((await ask(port, '/entries', json, 'POST', '{"a":1}')).json()).toEqual({ a: 1 });
  });

  it('name the methods that a path takes instead of another', async () => {
    const { port } = await serve(routes);
    const answer = await ask(port, '/figures', {}, 'DELETE');
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'GET, HEAD']);
    expect(answer.json()).toMatchObject({ title: 'Method Not Allowed', hint: 'it takes GET, HEAD' });
  });

  it.each([
    ['no HTTP', '\x16\x03\x01\r\n\r\n', 400],
    [
      'headers without end',
      `GET /figures HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
    ],
    ['two lengths', 'POST /entries HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
  ])('are problems where %s is sent, too', async (_, sent, status) => {
    const { port } = await serve(routes);
    const socket = connect(port, '127.0.0.1').end(sent);
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
    expect(head).toContain('Content-Type: application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ type: 'about:blank', status, detail: aText, hint: aText });
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
    await expect(serve(routes, { port })).rejects.toMatchObject({
      code: 'port_busy',
      message: containing(String(port)),
      hint: containing('http.port'),
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
