import { BenchlineError, type KpiId, type Nanoseconds } from '@benchline/model';
import type { z } from 'zod';
import type { Figures } from '../figures/figures.ts';
import { inTurns } from '../figures/in-turns.ts';
import { type Grain, type Period, periodsOf } from '../figures/periods.ts';
import type { Scope } from '../figures/scopes.ts';
import type { Interval } from '../intervals.ts';
import type { KpiAnswer, KpiResult, OeeProfile } from './schemas.ts';
import { kpiView } from './views.ts';

/** Which key figures are wanted. */
export interface KpiRequest {
  scopes: readonly Scope[];
  window: Interval;
  /** Over each period that overlaps the window; over the window itself unless stated. */
  grain: Grain | undefined;
  /** Only these figures; all of them unless stated. */
  kpis?: readonly KpiId[] | undefined;
  profile?: OeeProfile;
  now_ns: Nanoseconds;
}

interface Place {
  scope: Scope;
  period: Period;
  /** Where a later answer goes on from here. */
  cursor: string;
}

/** A part of all results, and where the next part begins. */
interface Page {
  results: KpiResult[];
  next_cursor?: string;
}

/**
 * The key figures of one scope over a window, a list of its periods, or a table of several scopes.
 * @throws BenchlineError `bad_request` for shifts without a calendar or a cursor of another question,
 * `store_unavailable`.
 */
export async function kpiAnswer(
  figures: Figures,
  request: KpiRequest,
  page: { cursor?: string | undefined; limit?: number } = {},
): Promise<z.output<typeof KpiAnswer>> {
  const [scope, ...others] = request.scopes;
  const { results, next_cursor } = await kpiPage(figures, request, page);
  const more = next_cursor === undefined ? {} : { next_cursor };
  if (!scope || others.length > 0) return { results, ...more };
  if (request.grain !== undefined)
    return { scope: scope.path, grain: request.grain, time_zone: scope.time_zone, results, ...more };
  const [result] = results;
  if (result) return result;
  throw unknownCursor();
}

/** @throws BenchlineError as `kpiAnswer`. */
export async function kpiPage(
  figures: Figures,
  request: KpiRequest,
  { cursor, limit = Number.POSITIVE_INFINITY }: { cursor?: string | undefined; limit?: number },
): Promise<Page> {
  const places = placesFrom(request, cursor);
  const results: KpiResult[] = [];
  for await (const place of inTurns(places.slice(0, limit)))
    results.push(await resultAt(figures, request, place));
  const next = places[limit];
  return { results, ...(next && { next_cursor: next.cursor }) };
}

/**
 * Every result of a request, computed one after the other as they are taken.
 * @throws BenchlineError `bad_request` for shifts without a calendar.
 */
export function kpiResults(figures: Figures, request: KpiRequest): AsyncIterable<KpiResult> {
  const places = placesFrom(request, undefined);
  return (async function* () {
    for await (const place of inTurns(places)) yield await resultAt(figures, request, place);
  })();
}

async function resultAt(figures: Figures, request: KpiRequest, { scope, period }: Place): Promise<KpiResult> {
  const { grain, kpis, profile = 'iso22400' } = request;
  const result = await figures.of(scope, period, request.now_ns);
  return kpiView(result, { kpis, profile, ...(grain && { listed: { grain, period } }) });
}

/** What there is to answer, in order, from a cursor on. */
function placesFrom({ scopes, grain, window }: KpiRequest, cursor: string | undefined): Place[] {
  const places = scopes.flatMap((scope, i) =>
    (grain === undefined ? [window] : periodsOf(scope, grain, window)).map((period) => ({
      scope,
      period,
      cursor: `${i}.${period.from_ns}`,
    })),
  );
  if (cursor === undefined) return places;
  const start = places.findIndex((place) => place.cursor === cursor);
  if (start < 0) throw unknownCursor();
  return places.slice(start);
}

function unknownCursor(): BenchlineError {
  return new BenchlineError('bad_request', 'the cursor does not belong to this question', {
    hint: 'repeat scope, window and grain as they were when the cursor was given',
  });
}
