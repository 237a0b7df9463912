import { BenchlineError, type Nanoseconds } from '@benchline/model';
import { inTurns } from '../figures/in-turns.ts';
import { type Grain, periodsOf } from '../figures/periods.ts';
import type { Scope } from '../figures/scopes.ts';
import type { Interval } from '../intervals.ts';
import { unitsOf } from '../kpis/quantities.ts';
import type { Sample } from './charted.ts';
import { subjectsOf } from './entries.ts';
import type { QualityParts } from './scope-quality.ts';

/** What the samples of an attribute chart are. */
export type SampleBasis =
  | { basis: 'counts'; grain: Grain }
  | { basis: 'inspections'; process?: string | undefined; characteristic?: string | undefined };

interface Samples {
  samples: Sample[];
  /** Periods in which no item was judged. */
  left_out: number;
}

/** Most periods of one chart. */
const mostPeriods = 1000;

/**
 * Samples of judged items in a scope: those of each period as counted, or the inspections of one
 * process or characteristic.
 * @throws BenchlineError `bad_request` for too many periods, or inspections of several things in one chart.
 */
export async function samplesOf(
  parts: QualityParts,
  scope: Scope,
  window: Interval,
  { now_ns, ...asked }: SampleBasis & { now_ns: Nanoseconds },
): Promise<Samples> {
  if (asked.basis === 'inspections') return await inspected(parts, scope, window, asked);
  const periods = periodsOf(scope, asked.grain, window);
  if (periods.length > mostPeriods)
    throw new BenchlineError('bad_request', `${periods.length} periods are more than ${mostPeriods}`, {
      hint: 'ask for a shorter window or a coarser grain',
    });
  const samples: Sample[] = [];
  for await (const period of inTurns(periods)) {
    const { counts } = (await parts.figures.of(scope, period, now_ns)).account;
    if (!counts || counts.judged <= 0n) continue;
    const nonconforming = unitsOf(counts.judged - counts.good);
    const size = unitsOf(counts.judged);
    samples.push({ at_ns: period.to_ns, nonconforming, size, nonconformities: nonconforming });
  }
  return { samples, left_out: periods.length - samples.length };
}

async function inspected(
  { scopes, figures }: QualityParts,
  scope: Scope,
  window: Interval,
  { process, characteristic }: Extract<SampleBasis, { basis: 'inspections' }>,
): Promise<Samples> {
  if ((process === undefined) === (characteristic === undefined))
    throw new BenchlineError(
      'bad_request',
      'a chart of inspections is of one process or one characteristic',
      {
        hint: 'name either process or characteristic',
      },
    );
  const entries = await figures.entriesIn(subjectsOf(scope, scopes), window);
  const samples = entries.flatMap(({ from_ns, to_ns, statement }): Sample[] => {
    if (statement.kind !== 'inspection') return [];
    if (statement.process !== process || statement.characteristic !== characteristic) return [];
    const { submitted, passed, defects } = statement;
    const nonconformities = defects.reduce((sum, { count }) => sum + count, 0);
    return [{ at_ns: to_ns ?? from_ns, nonconforming: submitted - passed, size: submitted, nonconformities }];
  });
  return { samples: samples.sort((a, b) => (a.at_ns < b.at_ns ? -1 : 1)), left_out: 0 };
}
