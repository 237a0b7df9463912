import { BenchlineError, type KpiId, kpiIds, type Nanoseconds } from '@benchline/model';
import type { z } from 'zod';
import type { Figures } from '../figures/figures.ts';
import { inTurns } from '../figures/in-turns.ts';
import { type Grain, type Period, periodsOf } from '../figures/periods.ts';
import type { Scope } from '../figures/scopes.ts';
import type { Interval } from '../intervals.ts';
import type { KpiResult, OeeProfile } from './schemas.ts';
import type { Comparison } from './series-schemas.ts';
import { spanView } from './span-view.ts';
import { kpiView, shiftView } from './views.ts';

const mostSides = 60;
/** Periods of all sides together: each that nobody has asked for before takes tens of milliseconds. */
const mostPeriods = 400;

export interface CompareRequest {
  scopes: readonly Scope[];
  windows: readonly Interval[];
  /** Each window falls into its shifts: all those of one name as one side. */
  byShift: boolean;
  /** Each side also along its periods of this kind; of shifts only along these. */
  grain?: Grain | undefined;
  kpis?: readonly KpiId[] | undefined;
  profile: OeeProfile;
  now_ns: Nanoseconds;
}

interface Side {
  scope: Scope;
  parts: readonly [Period, ...Period[]];
  shift?: NonNullable<Period['shift']>;
  /** Along which it is shown. */
  periods: readonly Period[];
}

type View = z.output<typeof Comparison>;

/**
 * Key figures of scopes and windows side by side, each against the first. What is absent on either side has no
 * difference.
 * @throws BenchlineError `bad_request` for too many sides or periods, or fewer than two sides where they are not the
 * shifts that begin in a window; `store_unavailable`.
 */
export async function compare(figures: Figures, request: CompareRequest): Promise<View> {
  const sides = sidesOf(request);
  const { kpis, profile, grain, now_ns } = request;
  const results: View['sides'] = [];
  for (const { scope, parts, shift, periods } of sides) {
    const view = kpiView(await figures.ofParts(scope, parts, now_ns), { kpis, profile });
    const along: KpiResult[] = [];
    for await (const period of inTurns(periods))
      along.push(
        kpiView(await figures.of(scope, period, now_ns), {
          ...{ kpis, profile },
          ...(grain && { listed: { grain, period } }),
        }),
      );
    results.push({
      ...view,
      ...(shift && { shift: named(shift), shifts: parts.length, parts: parts.map(spanView) }),
      ...(grain && { periods: along }),
    });
  }
  const [first, ...others] = results;
  if (!first) return { sides: [], differences: [] };
  return {
    sides: results,
    differences: others.map((other, i) => ({
      side: i + 1,
      figures: differences(first.figures, other.figures),
    })),
  };
}

function sidesOf({ scopes, windows, byShift, grain }: CompareRequest): Side[] {
  if (byShift && grain !== undefined && grain !== 'shift')
    throw new BenchlineError('bad_request', `shifts have no ${grain}s of their own`, {
      hint: 'with split=shift ask for grain=shift or for none',
    });
  const asked = scopes.flatMap((scope) => windows.map((window) => ({ scope, window })));
  if (asked.length > mostSides) throw wrongNumber(asked.length, byShift);
  const sides: Side[] = [];
  let periods = 0;
  for (const { scope, window } of asked) {
    const more = byShift ? shiftsOf(scope, window, grain !== undefined) : [sideOf(scope, window, grain)];
    sides.push(...more);
    periods += more.reduce((sum, side) => sum + side.periods.length, 0);
    // Before the next window is cut: sixty windows of hours would be half a million of them.
    if (periods > mostPeriods)
      throw new BenchlineError('bad_request', `the sides have more than ${mostPeriods} periods`, {
        hint: 'ask for a coarser grain, shorter windows or fewer sides',
      });
  }
  // Early in the day no shift has begun yet, or one: that is an answer, and no mistake of who asks.
  if (sides.length >= (byShift ? 0 : 2) && sides.length <= mostSides) return sides;
  throw wrongNumber(sides.length, byShift);
}

function wrongNumber(sides: number, byShift: boolean): BenchlineError {
  return new BenchlineError(
    'bad_request',
    `there ${sides === 1 ? 'is 1 side' : `are ${sides} sides`} to compare`,
    {
      hint: byShift
        ? `ask for fewer scopes or windows: at most ${mostSides} sides`
        : `repeat scope or window, or ask for split=shift: 2 to ${mostSides} sides`,
    },
  );
}

function sideOf(scope: Scope, window: Interval, grain: Grain | undefined): Side {
  return { scope, parts: [window], periods: grain === undefined ? [] : periodsOf(scope, grain, window) };
}

/** The shifts that begin in a window, those of one name as one side. */
function shiftsOf(scope: Scope, window: Interval, each: boolean): Side[] {
  const begun = periodsOf(scope, 'shift', window).filter((period) => period.from_ns >= window.from_ns);
  return [...Map.groupBy(begun, (period) => period.shift?.shift.id).values()].flatMap((periods): Side[] => {
    const [first, ...others] = periods;
    if (!first?.shift) return [];
    return [{ scope, parts: [first, ...others], shift: first.shift, periods: each ? periods : [] }];
  });
}

function named(shift: NonNullable<Period['shift']>): { id: string; name: { en: string; zh: string } } {
  const { id, name } = shiftView(shift);
  return { id, name };
}

type Differences = View['differences'][number]['figures'];

function differences(first: KpiResult['figures'], other: KpiResult['figures']): Differences {
  const shown = kpiIds.filter((id) => other[id]);
  return Object.fromEntries(shown.map((id) => [id, difference(first[id], other[id])]));
}

type FigureView = KpiResult['figures'][KpiId];

function difference(first: FigureView, other: FigureView): NonNullable<Differences[KpiId]> {
  if (first?.value === undefined) return { status: first?.status ?? 'not_applicable' };
  if (other?.value === undefined) return { status: other?.status ?? 'not_applicable' };
  const by = other.value - first.value;
  const status = first.status === 'ok' && other.status === 'ok' ? 'ok' : 'partial';
  return { difference: by, ...(first.value !== 0 && { ratio: by / first.value }), status };
}
