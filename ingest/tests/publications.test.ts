import type { PublicationRequestJson } from '@benchline/model';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { records, Works } from './kit/works.ts';

let works: Works;
beforeEach(async () => {
  works = await Works.open();
});
afterEach(() => works.close());

const digest = 'a'.repeat(64);

function request(previous: number | null, revision = 1): PublicationRequestJson {
  const figures = { oee: { value: 0.5, status: 'ok' }, mtbf: { status: 'no_failures' } };
  const period = { scope: 'works', grain: 'hour', from_ns: '0', to_ns: '3600000000000' } as const;
  return {
    ...{ previous, basis: 0, plant: digest, formulas: digest },
    periods: [{ ...period, revision, coverage: 1, accounts: digest, figures }],
  };
}

async function publish(url: string, body: unknown): Promise<[status: number, answer: unknown]> {
  const headers = { 'content-type': 'application/json' };
  const sent = { method: 'POST', headers, body: JSON.stringify(body) };
  const response = await fetch(`${url}/api/v1/publications`, sent);
  return [response.status, await response.json()];
}

const published = async (url: string) =>
  (await records(url)).flatMap((record) => (record.kind === 'publication' ? [record.publication] : []));

describe('publications', () => {
  test('are durable once answered, with the principal, and once', async () => {
    const first = await works.ingest();
    const [status, answer] = await publish(first.url, request(null));
    expect(status).toBe(201);
    // The same again, as by somebody who never got the answer.
    expect(await publish(first.url, request(null))).toEqual([200, answer]);
    await first.close();
    const { url } = await works.ingest();
    expect(await publish(url, request(null))).toEqual([200, answer]);
    const { previous: _, ...content } = request(null);
    expect(await published(url)).toEqual([{ by: 'local', ...content }]);
  });

  test('of whoever has not read the newest one are refused, also after a restart', async () => {
    const first = await works.ingest();
    const [, answer] = await publish(first.url, request(null));
    const { offset } = answer as { offset: number };
    const stale = { ...request(null), basis: 1 };
    expect(await publish(first.url, stale)).toMatchObject([409, { code: 'publication_behind' }]);
    await first.close();
    const { url } = await works.ingest();
    expect(await publish(url, stale)).toMatchObject([409, { code: 'publication_behind' }]);
    expect(await publish(url, request(offset, 2))).toMatchObject([201, {}]);
    expect((await published(url)).map(({ periods }) => periods[0]?.revision)).toEqual([1, 2]);
  });

  test('that arrive at the same time are recorded one after the other', async () => {
    const { url } = await works.ingest();
    const both = [request(null), { ...request(null), basis: 1 }].map((body) => publish(url, body));
    const answers = (await Promise.all(both)).map(([status]) => status);
    expect(new Set(answers)).toEqual(new Set([201, 409]));
    expect(await published(url)).toHaveLength(1);
  });

  test('that are none are refused', async () => {
    const { url } = await works.ingest();
    expect((await publish(url, { ...request(null), by: 'somebody' }))[0]).toBe(400);
    expect((await publish(url, { ...request(null), periods: [] }))[0]).toBe(400);
    expect((await publish(url, request(null, 0)))[0]).toBe(400);
    expect(await published(url)).toEqual([]);
  });
});
