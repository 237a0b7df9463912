import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { openLog } from '@benchline/model';
import { credentialsOf, type Door, openDoor } from '@benchline/model/door';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { feedAuthorization, loadMetricsConfig } from '../src/config.ts';
import { Feed } from '../src/follower/feed.ts';
import { feedStart } from '../src/follower/position.ts';
import { BatchMaker } from './kit/batches.ts';
import { Works } from './kit/service.ts';

const token = 'the-token-that-ingest-knows';

let works: Works;
let door: Door;
beforeEach(async () => {
  works = await Works.open('embedded');
  door = await openGuarded(works.feed.url);
});
afterEach(async () => {
  await works.close();
  await door.close();
});

/** The feed behind a real door that asks for a token, as ingest's does where it has credentials. */
async function openGuarded(behind: string): Promise<Door> {
  const credentials = credentialsOf({
    principals: [
      {
        name: 'metrics',
        token_sha256: createHash('sha256').update(token).digest('hex'),
        grants: [{ action: 'read', scope: '' }],
      },
    ],
  });
  const read = { action: 'read', scope: () => '' } as const;
  const log = openLog('ingest');
  return await openDoor({ service: 'ingest', host: '127.0.0.1', port: 0, credentials, log }, (app) => {
    app.route({
      method: 'GET',
      url: '/status',
      config: read,
      handler: async (request) => (await fetch(new URL(request.url, behind))).json(),
    });
    app.get('/feed', { config: { ...read, endless: true } }, async (request, reply) => {
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      const { body } = await fetch(new URL(request.url, behind), { signal: gone.signal });
      if (!body) throw new Error('the feed has no body');
      return reply.type('application/x-ndjson').send(Readable.fromWeb(body).on('error', () => undefined));
    });
  });
}

interface PipelineView {
  feed: { connected: boolean; reconnects: number; next_offset: number };
  ingest: unknown;
}

function tokenFile(text: string): string {
  const file = join(works.folder, 'token');
  writeFileSync(file, text);
  return file;
}

function start(text: string): Promise<void> {
  return works.start({ feed_url: `http://127.0.0.1:${door.port}`, feed_token_file: tokenFile(text) });
}

const pipeline = () => works.get<PipelineView>('/api/v1/pipeline');

test("follows the feed and asks for ingest's status with its token", async () => {
  await start(`${token}\n`);
  const batch = new BatchMaker().make({
    machine: 'mill',
    observations: [{ signal: 'load', source_time_ns: 1n, ordinal: 0, value: 1, status: 0 }],
  });
  await works.deliver([batch]);
  expect(await pipeline()).toMatchObject({ feed: { connected: true }, ingest: { ledger: { next: 1 } } });
});

test('shows that a token is not the one that ingest knows', async () => {
  await start('some-other-token');
  await expect.poll(async () => (await pipeline()).feed.reconnects, { timeout: 10_000 }).toBeGreaterThan(0);
  expect(await pipeline()).toMatchObject({ feed: { connected: false, next_offset: 0 }, ingest: null });
});

test('says where the token belongs that ingest asks for', async () => {
  const stop = new AbortController();
  const feed = new Feed({
    ...{ url: `http://127.0.0.1:${door.port}`, authorization: 'Bearer some-other-token' },
    ...{ from: feedStart, reader: 'metrics', projected: false, log: openLog('test') },
    take: async () => undefined,
  });
  const running = feed.run(stop.signal);
  await expect.poll(() => feed.status().complaint).toMatch(/answered 401[^]*set feed_token_file/);
  stop.abort();
  await running;
});

test('does not start without the token that its configuration names', async () => {
  await expect(start('\n')).rejects.toThrow(/no token in .*token/);
  const config = join(works.folder, 'metrics.yaml');
  writeFileSync(
    config,
    [
      'plant: plant.yaml',
      'feed_url: http://127.0.0.1:1',
      'feed_token_file: absent',
      'store: { embedded: { file: store.duckdb } }',
      'http: { port: 0 }',
    ].join('\n'),
  );
  const loaded = loadMetricsConfig(config);
  expect(loaded.feed_token_file).toBe(join(works.folder, 'absent'));
  expect(() => feedAuthorization(loaded)).toThrow(/there is no file .*absent/);
});
