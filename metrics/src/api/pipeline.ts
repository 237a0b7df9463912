import { type Asset, isoFromNs, type Nanoseconds, nsPerSecond, secondsOf } from '@benchline/model';
import type { TelemetryStore } from '@benchline/store';
import type { z } from 'zod';
import type { FeedAccess } from '../follower/feed.ts';
import type { Follower } from '../follower/follower.ts';
import type { Pipeline } from './schemas.ts';
import { gapView } from './views.ts';

export interface PipelineParts {
  kind: 'embedded' | 'influx';
  store: Pick<TelemetryStore, 'gaps'>;
  assets: Iterable<Asset>;
  follower: Follower;
  feed: FeedAccess;
}

const patience_ms = 1000;
const recently: Nanoseconds = 3600n * nsPerSecond;

/** How the way of the data fares: what this service sees of it, and what ingest says of itself. */
export async function pipelineView(
  parts: PipelineParts,
  now_ns: Nanoseconds,
): Promise<z.output<typeof Pipeline>> {
  const { connected, next, reconnects, refused, last_received_ns } = parts.follower.status();
  const lag = parts.follower.lag(now_ns);
  const window = { from_ns: now_ns - recently, to_ns: now_ns };
  const [ingest, ...gaps] = await Promise.all([
    ingestStatus(parts.feed),
    ...[...parts.assets].map(({ id }) => parts.store.gaps({ machine: id, ...window })),
  ]);
  return {
    at: isoFromNs(now_ns),
    store: parts.kind,
    feed: {
      connected,
      next_offset: next,
      ...(last_received_ns !== undefined && {
        last_received: isoFromNs(last_received_ns),
        lag_s: secondsOf(now_ns - last_received_ns),
      }),
      reconnects,
      refused,
    },
    latency: { source_to_queryable: lag.source, gateway_to_queryable: lag.gateway },
    ingest,
    gaps: gaps.flat().map(gapView),
  };
}

async function ingestStatus({ url, authorization }: FeedAccess): Promise<unknown> {
  try {
    const headers = authorization === undefined ? {} : { authorization };
    const response = await fetch(new URL('/status', url), {
      headers,
      signal: AbortSignal.timeout(patience_ms),
    });
    return response.ok ? await response.json() : null;
  } catch {
    // Whatever keeps ingest from answering, the page says that it does not.
    return null;
  }
}
