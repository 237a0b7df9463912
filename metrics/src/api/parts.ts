import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Asset, BenchlineError, type Nanoseconds, type PlantIndex, scopeOf } from '@benchline/model';
import type { TelemetryStore } from '@benchline/store';
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import type { AlarmWatch } from '../energy/alarm-watch.ts';
import type { LimitBook } from '../energy/limit-book.ts';
import type { Figures } from '../figures/figures.ts';
import type { Scope } from '../figures/scopes.ts';
import type { FeedAccess } from '../follower/feed.ts';
import type { RevisionBook } from '../revisions/book.ts';
import type { StreamReaders } from './event-stream.ts';
import type { Pipeline } from './pipeline-schema.ts';
import type { Updates } from './updates.ts';

/** A server whose routes check and describe themselves by zod schemas. */
export type ApiServer = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What the routes of the API rest on. */
export interface ApiParts {
  plant: PlantIndex;
  scopes: ReadonlyMap<string, Scope>;
  figures: Figures;
  store: TelemetryStore;
  updates: Updates;
  readers: StreamReaders;
  /** Where entries are passed on to. */
  ingest: FeedAccess;
  revisions: Pick<RevisionBook, 'history'>;
  limits: LimitBook;
  alarms: Pick<AlarmWatch, 'standing' | 'listen'>;
  pipeline(now_ns: Nanoseconds): Promise<z.output<typeof Pipeline>>;
  now(): Nanoseconds;
}

/** Called by requests only, so that routes can be described without a service behind them. */
export type PartsOf = () => ApiParts;

/** For routes that speak of the whole plant. */
export const readWhole = { action: 'read', scope: () => '' } as const;

/** For routes that are asked for a scope. */
export const readScope = {
  action: 'read',
  scope: (request: FastifyRequest) => asked(request, 'scope'),
} as const;

/** For routes that are asked for machines: whoever may read their scopes may read them. */
export function readMachine(parts: PartsOf) {
  const scope = (request: FastifyRequest) =>
    asked(request, 'machine').map((id) => {
      const asset = parts().plant.assets.get(id);
      return asset ? scopeOf(asset) : '';
    });
  return { action: 'read', scope } as const;
}

/** @throws BenchlineError `not_found`. */
export function findAsset(plant: PlantIndex, id: string): Asset {
  const asset = plant.assets.get(id);
  if (asset) return asset;
  throw new BenchlineError('not_found', `the plant has no machine or meter '${id}'`, {
    hint: 'take an id that /api/v1/plant lists',
  });
}

/** Texts of the query as they stand, for the check of grants, which comes before the query is parsed. */
function asked(request: FastifyRequest, key: string): string[] {
  const values = [(request.query as Record<string, unknown>)[key]].flat();
  return values.map((value) => (typeof value === 'string' ? value : ''));
}
