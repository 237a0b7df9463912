import { get } from './api.ts';
import type { CompareChoice } from './compare-choice.ts';
import { dayOf, instantAt, plusDays, plusMonths, type Wall, wallAt, weekdayOf } from './local-time.ts';
import type { KpiResult } from './types.ts';

export interface Span {
  from: Date;
  to: Date;
}

interface WallSpan {
  from: Wall;
  to: Wall;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;

/**
 * The windows of a choice, the one that others are compared with first. A day, week or month that is not over is
 * compared with as much of the one before. Undefined: there is no such window.
 */
export async function windowsOf(
  choice: CompareChoice,
  { scope, zone, now }: { scope: string; zone: string; now: Date },
): Promise<Span[] | undefined> {
  if (choice.preset === 'last_shift') return await lastShifts(choice, { scope, zone, now });
  const span = spanOf(choice, wallAt(new Date(Math.floor(now.getTime() / minuteMs) * minuteMs), zone));
  if (!span) return undefined;
  const spans = choice.mode === 'periods' ? [earlier(choice, span), span] : [span];
  return spans.map(({ from, to }) => ({ from: instantAt(from, zone), to: instantAt(to, zone) }));
}

function spanOf({ preset, from, to }: CompareChoice, now: Wall): WallSpan | undefined {
  const today = dayOf(now);
  switch (preset) {
    case 'today':
      return { from: today, to: now };
    case 'yesterday':
      return { from: plusDays(today, -1), to: today };
    case 'this_week':
      return { from: plusDays(today, -weekdayOf(today)), to: now };
    case 'this_month':
      return { from: Date.UTC(new Date(today).getUTCFullYear(), new Date(today).getUTCMonth()), to: now };
    case 'custom': {
      const span = { from: Date.parse(`${from}Z`), to: Date.parse(`${to}Z`) };
      return span.from < span.to ? span : undefined;
    }
    case 'last_shift':
      return undefined;
  }
}

function earlier({ against, preset }: CompareChoice, span: WallSpan): WallSpan {
  if (against === 'week_before') return moved(span, (wall) => plusDays(wall, -7));
  if (against === 'year_before') return moved(span, (wall) => plusMonths(wall, -12));
  if (preset === 'this_week') return moved(span, (wall) => plusDays(wall, -7));
  if (preset === 'this_month') return moved(span, (wall) => plusMonths(wall, -1));
  if (preset === 'custom') return { from: span.from - (span.to - span.from), to: span.from };
  return moved(span, (wall) => plusDays(wall, -1));
}

function moved({ from, to }: WallSpan, by: (wall: Wall) => Wall): WallSpan {
  return { from: by(from), to: by(to) };
}

/** The last shift that is over, which only the service knows, and what it is compared with. */
async function lastShifts(
  choice: CompareChoice,
  { scope, zone, now }: { scope: string; zone: string; now: Date },
): Promise<Span[] | undefined> {
  // Weekends and holidays may lie between.
  const since = new Date(now.getTime() - 5 * dayMs);
  const { results } = await get<{ results: KpiResult[] }>('kpis', {
    ...{ scope, grain: 'shift', kpi: 'coverage' },
    ...{ from: since.toISOString(), to: now.toISOString() },
  });
  const over = results
    .map(({ from, to }) => ({ from: new Date(from), to: new Date(to) }))
    .filter(({ to }) => to <= now);
  const [before, last] = [over.at(-2), over.at(-1)];
  if (!last) return undefined;
  if (choice.mode !== 'periods') return [last];
  if (choice.against === 'previous') return before && [before, last];
  const wall = { from: wallAt(last.from, zone), to: wallAt(last.to, zone) };
  const { from, to } = earlier(choice, wall);
  return [{ from: instantAt(from, zone), to: instantAt(to, zone) }, last];
}
