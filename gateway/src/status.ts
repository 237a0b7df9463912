import { isoFromNs, type Slug } from '@benchline/model';
import type { openDoor } from '@benchline/model/door';
import type { Committer } from './committer.ts';
import type { Publisher } from './publisher/port.ts';
import type { Source } from './sources/port.ts';
import type { Spool } from './spool/port.ts';
import type { MachineStream } from './stream.ts';

type App = Parameters<Parameters<typeof openDoor>[1]>[0];

/** A source with the streams that it feeds. */
export interface RunningSource {
  id: Slug;
  type: string;
  /** Its times are not those of a real clock, so they have no age. */
  simulated_clock: boolean;
  source: Source;
  streams: readonly MachineStream[];
}

export interface StatusParts {
  gateway: Slug;
  sources: readonly RunningSource[];
  spool: Spool;
  publisher: Publisher;
  committer: Committer;
}

/** `/status`: how each source, the spool and the way to the broker are. */
export function registerStatus(app: App, parts: StatusParts): void {
  const config = { action: 'read', scope: () => '' } as const;
  app.route({ method: 'GET', url: '/status', config, handler: () => statusOf(parts) });
}

function statusOf({ gateway, sources, spool, publisher, committer }: StatusParts) {
  return {
    gateway,
    sources: sources.map(sourceStatus),
    spool: { ...spool.status() },
    publisher: publisher.status(),
    counters: { ...committer.counters },
  };
}

function sourceStatus({ id, type, source, streams }: RunningSource) {
  const { last_message_ms, ...status } = source.status();
  return {
    id,
    type,
    ...status,
    last_message: last_message_ms === undefined ? null : new Date(last_message_ms).toISOString(),
    problem: status.problem ?? null,
    machines: streams.map((stream) => ({
      machine: stream.machine,
      observed_until: stream.until_ns === undefined ? null : isoFromNs(stream.until_ns),
      mapping: stream.mapper.digest,
      counters: { ...stream.counters, refused_values: stream.mapper.refused },
      unlisted_states: stream.mapper.unlisted,
    })),
  };
}
