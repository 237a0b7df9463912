import { type KpiId, nsPerHour } from '@benchline/model';
import { duesOf } from '../figures/due.ts';
import type { Scope } from '../figures/scopes.ts';
import type { Interval } from '../intervals.ts';
import type { Figure } from '../kpis/figure.ts';
import type { Revision } from './book.ts';
import { asPublished } from './compose.ts';

/** What is published of whole periods. */
export interface Published {
  latest(scope: string, window: Interval): Pick<Revision, 'revision' | 'figures'> | undefined;
}

/** How final figures are. */
export interface Standing {
  /** Whether they may still change by themselves: not all is known that is waited for, or not yet published. */
  provisional: boolean;
  /** Of a whole hour, shift or day: 0 until it is published. Null for other windows: only whole periods are published. */
  revision: number | null;
}

/** @param open whether data of the window may still come, by the clock. */
export function standingOf(
  published: Published,
  scope: Scope,
  window: Interval,
  { figures, open }: { figures: Record<KpiId, Figure>; open: boolean },
): Standing {
  const latest = published.latest(scope.path, window);
  if (latest) return { provisional: !asPublished(figures, latest.figures), revision: latest.revision };
  return isPeriod(scope, window) ? { provisional: true, revision: 0 } : { provisional: open, revision: null };
}

/** No period is longer. */
const longestPeriod = 25n * nsPerHour;

function isPeriod(scope: Scope, window: Interval): boolean {
  if (window.to_ns - window.from_ns > longestPeriod) return false;
  return duesOf(scope, window).some(
    ({ period }) => period.from_ns === window.from_ns && period.to_ns === window.to_ns,
  );
}
