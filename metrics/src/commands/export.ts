import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  addressOf,
  BenchlineError,
  type Command,
  describeError,
  isoFromNs,
  loadPlant,
  openLog,
  readToken,
  systemCode,
} from '@benchline/model';
import type { Problem } from '@benchline/model/door';
import { loadMetricsConfig } from '../config.ts';
import { findScope, scopesOf } from '../figures/scopes.ts';
import type { Interval } from '../intervals.ts';
import { exportLines } from '../offline/export.ts';
import { openStore } from '../open-store.ts';
import { windowFrom, windowOptions } from './window-options.ts';

/** `benchline export`: what figures of a window depend on, as a file that `benchline kpi` reads. */
export const exportCommand: Command = {
  summary: 'write the observations of a window from a store or a running service',
  usage:
    '(--config metrics.yaml | --url URL [--token-file FILE]) --from T --to T [--scope PATH] [--out FILE]',
  options: {
    config: {
      type: 'string',
      value: 'FILE',
      help: 'configuration of the metrics service: its store is read; an embedded one only while the service is stopped',
    },
    url: { type: 'string', value: 'URL', help: 'address of a running metrics service' },
    'token-file': { type: 'string', value: 'FILE', help: 'with --url: file with the bearer token' },
    ...windowOptions,
    out: { type: 'string', value: 'FILE', help: 'where to write; standard output unless given' },
  },
  async run({ values, signal }) {
    const window = windowFrom(values);
    const text = (name: string) => (typeof values[name] === 'string' ? values[name] : undefined);
    const [config, url, out] = [text('config'), text('url'), text('out')];
    if ((config === undefined) === (url === undefined))
      throw new BenchlineError('usage', 'export reads from one place', { hint: 'give --config or --url' });
    // Opened with the first data: a file that is there must not be emptied for a question that is refused.
    const sink = () => (out === undefined ? process.stdout : createWriteStream(out));
    if (config !== undefined) await fromStore(config, text('scope'), window, sink, signal);
    else
      await fromService(
        addressOf('url', String(url)),
        { scope: text('scope'), token_file: text('token-file') },
        window,
        sink,
        signal,
      );
    return 0;
  },
};

type Sink = () => NodeJS.WritableStream;

async function fromStore(
  file: string,
  path: string | undefined,
  window: Interval,
  sink: Sink,
  signal: AbortSignal,
): Promise<void> {
  const config = loadMetricsConfig(file);
  const { plant, index } = loadPlant(config.plant);
  const scope = findScope(scopesOf(plant), path ?? plant.enterprise.id);
  const { store } = await openStore(config, index, openLog('export'));
  try {
    await write(Readable.from(exportLines({ store, plant: index }, scope.assets, window)), sink(), signal);
  } finally {
    await store.close();
  }
}

async function fromService(
  url: URL,
  { scope, token_file }: { scope: string | undefined; token_file: string | undefined },
  window: Interval,
  sink: Sink,
  signal: AbortSignal,
): Promise<void> {
  const headers: Record<string, string> =
    token_file === undefined ? {} : { authorization: `Bearer ${readToken(token_file)}` };
  const ask = async (path: string) => {
    const response = await fetch(new URL(path, url), { headers, signal }).catch((cause: unknown) => {
      throw new BenchlineError(
        'store_unavailable',
        `${url.origin} does not answer: ${describeError(cause)}`,
        {
          hint: 'check the address and that the metrics service runs',
          cause,
        },
      );
    });
    if (response.ok && response.body) return response;
    const { detail, title = '', hint } = (await response.json().catch(() => ({}))) as Partial<Problem>;
    throw new BenchlineError('bad_request', `${url.origin} answers ${response.status}: ${detail ?? title}`, {
      hint: hint ?? 'give the address of a metrics service, and --token-file where it asks for a token',
    });
  };
  const whole = async () =>
    ((await (await ask('/api/v1/plant')).json()) as { enterprise: { id: string } }).enterprise.id;
  const query = new URLSearchParams({
    scope: scope ?? (await whole()),
    from: isoFromNs(window.from_ns),
    to: isoFromNs(window.to_ns),
  });
  const { body } = await ask(`/api/v1/export?${query}`);
  if (body) await write(Readable.fromWeb(body), sink(), signal);
}

/** @throws BenchlineError `usage` when the file cannot be written. */
async function write(lines: Readable, sink: NodeJS.WritableStream, signal: AbortSignal): Promise<void> {
  try {
    await pipeline(lines, sink, { signal, end: sink !== process.stdout });
  } catch (cause) {
    const code = systemCode(cause);
    if (code === undefined || !('path' in Object(cause))) throw cause;
    throw new BenchlineError('usage', `--out cannot be written: ${describeError(cause)}`, {
      hint: 'name a file in a folder that is there and may be written to',
      cause,
    });
  }
}
