import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { at, power, rig, running, total } from './support/opcua-rig.ts';
import { double, Plc, uint64 } from './support/plc.ts';
import { until, watch } from './support/watching.ts';

describe.concurrent('a server that is short of something', { timeout: 60_000 }, () => {
  test('a server that forgets its sessions is read anew after a declared gap', async (context) => {
    const { plc, watching } = rig(context);
    const server = await plc({ power: double(1) });
    const w = watching(server.endpoint, { power });
    await until('a claim', () => w.drafts().some((d) => d.observed !== undefined));
    server.dropSessions();
    await until('a gap', () => w.gaps().length === 1);
    expect(w.gaps()).toMatchObject([{ reason: 'source_disconnected' }]);
    server.set('power', double(2), at(1000));
    await until('a change', () => w.observations().some((o) => o.value === 2));
    expect(server.load).toEqual({ sessions: 1, subscriptions: 1 });
  });

  test('a server without room for another session is asked less and less often, and read when it has', async (context) => {
    const { plc, watching } = rig(context);
    const server = await plc({ power: double(1) }, { maxSessions: 1 });
    const first = watch(server.endpoint, { power });
    await until('running', running(first));
    const second = watching(server.endpoint, { power });
    await until('refused', () => /BadTooManySessions/.test(second.source.status().problem ?? ''));
    expect(second.source.status().problem).toContain('no room for another client');
    await sleep(3000);
    expect(second.source.status().counters['failed_attempts']).toBeLessThan(8);
    expect(first.source.status().counters['connects']).toBe(1);
    await first.stop();
    await until('running', running(second));
  });

  test('what a server has no room to watch is asked for again', async (context) => {
    const { plc, watching } = rig(context);
    const server = await plc({ power: double(1), total: uint64(5n) }, { maxMonitoredItems: 2 });
    const w = watching(server.endpoint, { power, total });
    await until('running', running(w));
    await until('refused', () => /refuses 1 nodes/.test(w.source.status().problem ?? ''));
    server.setMaxMonitoredItems(10);
    await until('taken', () => w.source.status().problem === undefined);
    const { source } = w;
    expect(source.status().counters).toMatchObject({ sessions: 1, subscriptions: 1 });
    server.set('total', uint64(6n), at(1000));
    server.set('power', double(2), at(1000));
    await until('both', () =>
      [6n, 2].every((value) => w.observations().some((observation) => observation.value === value)),
    );
  });
});

test.for(['SignAndEncrypt', 'None'] as const)(
  'a source ends at once although its server (%s) does not answer',
  async (mode, { onTestFinished }) => {
    const server = createServer(() => {});
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(async () => void server.close());
    const { port } = server.address() as AddressInfo;
    const security = mode === 'None' ? ({ mode, accept: 'unauthenticated' } as const) : ({ mode } as const);
    const w = watch(`opc.tcp://127.0.0.1:${port}`, { power }, { security });
    await sleep(800);
    const begun_ms = Date.now();
    await w.stop();
    expect(Date.now() - begun_ms).toBeLessThan(2500);
  },
);

describe.concurrent('certificates', { timeout: 60_000 }, () => {
  test('an unknown one is refused and laid aside; once trusted, the server is read', async (context) => {
    const { plc, watching } = rig(context);
    const serverPki = mkdtempSync(join(tmpdir(), 'benchline-server-pki-'));
    context.onTestFinished(async () => rmSync(serverPki, { recursive: true, force: true }));
    const server = await plc({ power: double(1) }, { pki: serverPki });
    const w = watching(server.endpoint, { power }, { security: { mode: 'SignAndEncrypt' } });
    await until('refused', () => /nobody has accepted/.test(w.source.status().problem ?? ''));
    expect(w.source.status().problem).toContain(join(w.pki, 'rejected'));
    const rejected = readdirSync(join(w.pki, 'rejected')).filter((f) => f.endsWith('.pem'));
    expect(rejected).toHaveLength(1);
    await sleep(2000);
    expect(w.source.status().counters['failed_attempts']).toBeLessThan(8);
    expect(w.observations()).toEqual([]);

    for (const file of rejected)
      copyFileSync(join(w.pki, 'rejected', file), join(w.pki, 'trusted', 'certs', file));
    await until('read', () => w.observations().length === 1);
    expect(w.source.status()).toMatchObject({ state: 'running', problem: undefined });
  });

  test('another one than was trusted is refused: a person has to look', async (context) => {
    const { plc, watching } = rig(context);
    const folders = [1, 2].map(() => mkdtempSync(join(tmpdir(), 'benchline-server-pki-')));
    const [before = '', after = ''] = folders;
    context.onTestFinished(async () =>
      folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })),
    );
    const first = await Plc.start({ power: double(1) }, { pki: before });
    const { port } = first;
    const w = watching(first.endpoint, { power }, { security: { mode: 'SignAndEncrypt' } });
    const rejected = () => readdirSync(join(w.pki, 'rejected')).filter((f) => f.endsWith('.pem'));
    await until('laid aside', () => existsSync(join(w.pki, 'rejected')) && rejected().length === 1);
    const trust = () => {
      for (const file of rejected())
        renameSync(join(w.pki, 'rejected', file), join(w.pki, 'trusted', 'certs', file));
    };
    trust();
    await until('a claim', () => w.drafts().some((d) => d.observed !== undefined));
    await first.stop();

    await plc({ power: double(2) }, { pki: after, port });
    await until('refused', () => /nobody has accepted/.test(w.source.status().problem ?? ''));
    const attempts = () => w.source.status().counters['failed_attempts'] ?? 0;
    const begun = attempts();
    await sleep(3000);
    expect(attempts() - begun).toBeLessThan(4);
    expect(w.observations().some((o) => o.value === 2)).toBe(false);
    await until('laid aside', () => rejected().length === 1);
    trust();
    await until('read', () => w.observations().some((o) => o.value === 2));
    expect(w.gaps()).toHaveLength(1);
  });
});
