import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Gap, type Observation, openLog, type Signal, type Slug } from '@benchline/model';
import { OpcuaConfig } from '../../src/sources/opcua/config.ts';
import { opcua } from '../../src/sources/opcua/index.ts';
import type { Source } from '../../src/sources/port.ts';
import type { BatchDraft } from '../../src/spool/port.ts';
import { plcNamespace } from './plc.ts';
import { makeStream } from './streams.ts';

/** An OPC UA source that feeds one machine, and everything that came of it so far. */
export interface Watching {
  source: Source;
  pki: string;
  drafts(): readonly BatchDraft[];
  observations(): Observation[];
  gaps(): Gap[];
  stop(): Promise<void>;
}

export function watch(
  endpoint: string,
  signals: Readonly<Record<Slug, Signal>>,
  options: Partial<OpcuaConfig> & { pki?: string } = {},
): Watching {
  const { pki: folder, ...overrides } = options;
  const pki = folder ?? mkdtempSync(join(tmpdir(), 'benchline-gateway-pki-'));
  const config = OpcuaConfig.parse({
    id: 'source',
    type: 'opcua',
    endpoint,
    security: { mode: 'None', accept: 'unauthenticated' },
    sampling_interval_ms: 0,
    publishing_interval_ms: 50,
    machines: [
      {
        machine: 'mill-1',
        tags: Object.fromEntries(
          Object.keys(signals).map((id) => [id, { node: `nsu=${plcNamespace};s=${id}` }]),
        ),
      },
    ],
    ...overrides,
  });
  const { stream, drain } = makeStream(signals);
  const source = opcua.open(config, {
    settings: {
      gateway: 'test-gateway',
      pki_dir: pki,
      broker: { url: 'mqtt://127.0.0.1:1' },
      resolve: (path) => path,
    },
    streams: new Map([['mill-1', stream]]),
    log: openLog('test'),
  });
  const collected: BatchDraft[] = [];
  const drafts = () => {
    collected.push(...drain());
    return collected;
  };
  source.start();
  return {
    source,
    pki,
    drafts,
    observations: () => drafts().flatMap((d) => d.observations),
    gaps: () => drafts().flatMap((d) => d.gaps),
    async stop() {
      await source.stop();
      if (!folder) rmSync(pki, { recursive: true, force: true });
    },
  };
}

/** Waits until something holds; fails with what was seen last. */
export async function until(what: string, holds: () => boolean, limit_ms = 30_000): Promise<void> {
  const deadline = Date.now() + limit_ms;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`in ${limit_ms} ms it never came to this: ${what}`);
    await sleep(20);
  }
}
