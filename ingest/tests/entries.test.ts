import { sha256Hex } from '@benchline/model';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readFeed, records, Works } from './kit/works.ts';

let works: Works;
beforeEach(async () => {
  works = await Works.open();
});
afterEach(() => works.close());

const stop = {
  reason: 'the drill broke',
  from: '2026-03-02T08:00:00+08:00',
  to: '2026-03-02T08:10:00+08:00',
  statement: { kind: 'stop_reason', reason_code: 'tool-breakage' },
};

async function enter(
  url: string,
  body: object,
  { subject = 'mill', headers = {} }: { subject?: string; headers?: Record<string, string> } = {},
) {
  const response = await fetch(`${url}/api/v1/entries?${new URLSearchParams({ subject })}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as {
    offset: number;
    entry: Record<string, unknown>;
    detail: string;
  };
  return { status: response.status, ...answer };
}

describe('entries', () => {
  test('are in the ledger with author and time when the answer comes, and there once', async () => {
    const { url, close } = await works.ingest();
    const id = '0d0e3f5c-6a0b-4c1e-9d57-3f2b1a7c8e90';
    const first = await enter(url, { id, ...stop });
    expect(first).toMatchObject({ status: 201, entry: { id, author: 'local', subject: 'mill' } });
    const [line] = await readFeed(url, first.offset, (lines) => lines.length > 0);
    expect(JSON.parse(line ?? '')).toMatchObject({ kind: 'entry', entry: first.entry });
    expect(await enter(url, { id, ...stop })).toMatchObject({ status: 200, offset: first.offset });
    const other = await enter(url, { id, ...stop, reason: 'no, the spindle' });
    expect([other.status, other.detail]).toEqual([409, expect.stringContaining('says something else')]);
    await close();
    const again = await works.ingest();
    expect(await enter(again.url, { id, ...stop })).toMatchObject({ status: 200, offset: first.offset });
    const held = (await records(again.url)).filter(({ kind }) => kind === 'entry');
    expect(held).toHaveLength(1);
  });

  test('are corrected by entries that supersede them, and by no others', async () => {
    const { url } = await works.ingest();
    const first = await enter(url, stop);
    const better = { ...stop, statement: { kind: 'stop_reason', reason_code: 'tool-change' } };
    const contradiction = await enter(url, better);
    expect(contradiction.status).toBe(409);
    expect(JSON.stringify(contradiction)).toContain(`supersedes: ${String(first.entry['id'])}`);
    const second = await enter(url, { ...better, supersedes: first.entry['id'] });
    expect(second.status).toBe(201);
    expect(await enter(url, { ...better, supersedes: first.entry['id'] })).toMatchObject({ status: 409 });
    const away = { reason: 'my mistake', from: stop.from, statement: { kind: 'withdrawal' } };
    expect(await enter(url, { ...away, supersedes: second.entry['id'] })).toMatchObject({ status: 201 });
    expect(await enter(url, stop)).toMatchObject({ status: 201 });
    const times = (await records(url)).flatMap((r) => (r.kind === 'entry' ? BigInt(r.entry.entered_ns) : []));
    expect(times).toEqual([...new Set(times)].sort((a, b) => (a < b ? -1 : 1)));
  });

  test.each([
    ['an unknown machine', 'nobody', stop, 404, 'no such subject'],
    ['a reversed stretch', 'mill', { ...stop, from: stop.to, to: stop.from }, 400, 'not after it begins'],
    [
      'an unknown reason',
      'mill',
      { ...stop, statement: { kind: 'stop_reason', reason_code: 'tool-brekage' } },
      400,
      "did you mean 'tool-breakage'",
    ],
    [
      'an unknown product',
      'mill',
      { reason: 'x', from: stop.from, statement: { kind: 'order', order: '7', product: 'shaft' } },
      400,
      "no product 'shaft'",
    ],
    [
      'an unknown signal',
      'mill',
      { reason: 'x', from: stop.from, statement: { kind: 'register_reading', signal: 'power', value: 1 } },
      400,
      'count or energy signal',
    ],
    [
      'what is yet to come',
      'mill',
      { ...stop, from: '2200-01-01T00:00:00Z', to: '2200-01-01T01:00:00Z' },
      400,
      'yet to come',
    ],
    ['a machine of a whole site', 'works/site', stop, 400, 'said of a machine'],
    ['an author of its own making', 'mill', { ...stop, author: 'the boss' }, 400, 'does not fit its schema'],
  ])('refuse %s and say why', async (_, subject, body, status, detail) => {
    const { url } = await works.ingest();
    const answer = await enter(url, body, { subject });
    expect([answer.status, JSON.stringify(answer)]).toEqual([status, expect.stringContaining(detail)]);
    expect((await records(url)).map(({ kind }) => kind)).toEqual(['plant']);
  });

  test('are of whoever asks; for others may speak who was granted it, where it was', async () => {
    const principal = (name: string, ...grants: object[]) => ({
      name,
      token_sha256: sha256Hex(name),
      grants,
    });
    works.write(
      'people.json',
      JSON.stringify({
        principals: [
          principal('anna', { action: 'enter', scope: 'works/site/area/line/mill' }),
          principal('metrics', { action: 'enter', scope: '' }, { action: 'speak_for', scope: 'works/site' }),
        ],
      }),
    );
    const http = { port: 0, credentials_file: 'people.json' };
    const { url } = await works.ingest(undefined, { http });
    const as = (name: string, headers: Record<string, string> = {}) => ({
      authorization: `Bearer ${name}`,
      ...headers,
    });
    const author = async (body: object, options: Parameters<typeof enter>[2]) => {
      const { status, entry } = await enter(url, body, options);
      return [status, entry?.['author'], entry?.['via']];
    };
    expect(await author(stop, { headers: as('anna') })).toEqual([201, 'anna', undefined]);
    expect(await author(stop, { subject: 'press', headers: as('anna') })).toEqual([
      403,
      undefined,
      undefined,
    ]);
    const behalf = { 'benchline-on-behalf-of': encodeURIComponent('班长 王') };
    expect(await author(stop, { headers: as('anna', behalf) })).toEqual([403, undefined, undefined]);
    const press = { subject: 'press', headers: as('metrics', behalf) };
    expect(await author(stop, press)).toEqual([201, '班长 王', 'metrics']);
    expect(await author(stop, { headers: { authorization: 'Bearer nobody' } })).toEqual([
      401,
      undefined,
      undefined,
    ]);
  });
});
