import { describe, expect, it } from 'vitest';
import { containing } from '../matchers.ts';
import { ask, bearer, credentials, routes, serve, token } from './serve.ts';

describe('a door without credentials', () => {
  it('serves requests addressed to this computer, as the local principal', async () => {
    const { port } = await serve(routes);
    for (const host of [`127.0.0.1:${port}`, `127.0.0.2:${port}`, `localhost:${port}`, `[::1]:${port}`]) {
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
      message: containing(host),
      hint: containing('http.credentials_file'),
    });
  });
});

describe('a door with credentials', () => {
  it('wants a token, and says how', async () => {
    const { port } = await serve(routes, { credentials });
    const answer = await ask(port, '/figures');
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe(
      'Basic realm="benchline", charset="UTF-8", Bearer realm="benchline"',
    );
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

  it('takes a token as the password of its principal, as a browser shows it, from its own pages only', async () => {
    const { port } = await serve(routes, { credentials });
    const basic = (name: string, password: string) => ({
      authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
    });
    expect((await ask(port, '/figures', basic('auditor', 'other'))).status).toBe(200);
    expect((await ask(port, '/figures', basic('somebody', 'other'))).status).toBe(401);
    expect((await ask(port, '/figures', basic('auditor', 'wrong'))).status).toBe(401);
    const foreign = { ...basic('auditor', 'other'), origin: 'http://elsewhere.example' };
    expect((await ask(port, '/figures', foreign)).status).toBe(403);
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
