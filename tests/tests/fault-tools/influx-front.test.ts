import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { InfluxFront, type InfluxMood } from '../../src/faults/tools/influx-front.ts';

/** A server that takes lines as InfluxDB does, and a front before it in a mood. */
async function front(mood: InfluxMood) {
  const stored: string[] = [];
  const server = createServer((request, response) => {
    void request.toArray().then((chunks) => {
      const text = Buffer.concat(chunks as Buffer[]).toString();
      if (request.url?.startsWith('/write')) stored.push(...text.split('\n').filter(Boolean));
      response.writeHead(request.url?.startsWith('/write') ? 204 : 200, { 'x-from': 'influxd' });
      response.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const door = await InfluxFront.open({ host: '127.0.0.1', port });
  onTestFinished(async () => {
    await door.close();
    server.closeAllConnections();
    server.close();
  });
  door.mood = mood;
  const url = `http://127.0.0.1:${door.address.port}`;
  const write = async (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    await fetch(`${url}/write?db=benchline`, { method: 'POST', body, headers });
  return { door, stored, write, url };
}

describe('the front before InfluxDB', () => {
  it('passes writes and questions on', async () => {
    const { stored, write, url } = await front({ mood: 'honest' });
    expect((await write('a v=1\nb v=2')).status).toBe(204);
    expect((await fetch(`${url}/query`)).headers.get('x-from')).toBe('influxd');
    expect(stored).toEqual(['a v=1', 'b v=2']);
  });

  it('refuses with a status, and says when to come again', async () => {
    const { stored, write } = await front({ mood: 'refuses', status: 429, retry_after_s: 3 });
    const answer = await write('a v=1');
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('3');
    expect(stored).toEqual([]);
  });

  it('has no room on its disk', async () => {
    const { write } = await front({ mood: 'disk-full' });
    const answer = await write('a v=1');
    expect([answer.status, await answer.text()]).toEqual([500, expect.stringContaining('no space left')]);
  });

  it('stores the good lines of a write and answers 400, also of a compressed one', async () => {
    const { stored, write, door } = await front({
      mood: 'partial',
      refuses: (line) => line.startsWith('bad'),
    });
    expect((await write('a v=1\nbad v=2\nb v=3')).status).toBe(400);
    expect((await write(gzipSync('c v=1\nbad v=2'), { 'content-encoding': 'gzip' })).status).toBe(400);
    expect((await write('d v=1')).status).toBe(204);
    expect(stored).toEqual(['a v=1', 'b v=3', 'c v=1', 'd v=1']);
    expect(door.counters).toEqual({ writes: 3, refused: 2, refused_lines: 2 });
  });

  it('stores and loses the answer', async () => {
    const { stored, write } = await front({ mood: 'loses-response' });
    await expect(write('a v=1')).rejects.toThrow('fetch failed');
    expect(stored).toEqual(['a v=1']);
  });

  it('hangs until its mood changes', async () => {
    const { stored, write, door } = await front({ mood: 'hangs' });
    const writing = write('a v=1').then(
      () => 'answered',
      () => 'dropped',
    );
    while (door.counters.writes === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    door.mood = { mood: 'honest' };
    expect(await writing).toBe('dropped');
    expect(stored).toEqual([]);
  });
});
