import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { exportCommand } from '../src/commands/export.ts';

const window = { from: '2026-03-02T08:00:00+08:00', to: '2026-03-02T09:00:00+08:00' };

const exported = (values: Record<string, string>) =>
  exportCommand.run({
    values: { ...window, ...values },
    positionals: [],
    signal: new AbortController().signal,
  });

test('reads from one place only', async () => {
  const usage = { code: 'usage', hint: 'give --config or --url' };
  await expect(exported({})).rejects.toMatchObject(usage);
  await expect(exported({ config: 'metrics.yaml', url: 'http://127.0.0.1:1' })).rejects.toMatchObject(usage);
});

test('passes on what a service says is to be done', async () => {
  const detail = "'auditor' may not read";
  const problem = { title: 'Forbidden', status: 403, detail, hint: 'grant it read' };
  const service = createServer((_request, response) => {
    response.writeHead(403).end(JSON.stringify(problem));
  });
  await once(service.listen(0, '127.0.0.1'), 'listening');
  const { port } = service.address() as AddressInfo;
  const out = join(mkdtempSync(join(tmpdir(), 'benchline-export-')), 'kept.ndjson');
  onTestFinished(() => rmSync(dirname(out), { recursive: true }));
  writeFileSync(out, 'what was exported before');
  await expect(exported({ url: `http://127.0.0.1:${port}`, out })).rejects.toMatchObject({
    message: expect.stringContaining(detail),
    hint: problem.hint,
  });
  expect(readFileSync(out, 'utf8')).toBe('what was exported before');
  service.close();
});

test('says where it cannot write', async () => {
  const service = createServer((_request, response) => {
    response.end('{"enterprise":{"id":"acme"}}');
  });
  await once(service.listen(0, '127.0.0.1'), 'listening');
  const { port } = service.address() as AddressInfo;
  const out = join(tmpdir(), 'benchline-no-such-folder', 'x.ndjson');
  await expect(exported({ url: `http://127.0.0.1:${port}`, out })).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining(out),
  });
  service.close();
});
