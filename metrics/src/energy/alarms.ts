import type { Entry, Limit, Nanoseconds } from '@benchline/model';
import { isoFromNs } from '@benchline/model';
import type { Interval } from '../intervals.ts';
import type { Outlook } from './outlook.ts';

/**
 * `none` nothing to say · `warning` not exceeded yet, but near it or forecast to be · `open` exceeded in a period
 * that is still running · `acknowledged` the same, and somebody saw it · `ended` exceeded, and the period is over.
 */
export const alarmStates = ['none', 'warning', 'open', 'acknowledged', 'ended'] as const;
export type AlarmState = (typeof alarmStates)[number];

/** Why a warning is given. */
export const warningReasons = ['near', 'above', 'forecast'] as const;
export type WarningReason = (typeof warningReasons)[number];

/** What is known of a limit in one of its periods. */
export interface Measured {
  /** In units of the limit; undefined when nothing can be told. */
  value: number | undefined;
  /** Whether some of it was not read, so that it may have been more. */
  partial?: boolean;
  /** Of the whole period, where it is running and can be forecast. */
  outlook?: Outlook | undefined;
  over: boolean;
}

export interface Alarm extends Interval {
  /** `LIMIT@START`: what an acknowledgement names. */
  id: string;
  limit: Limit;
  state: AlarmState;
  warning?: WarningReason;
  value: number | undefined;
  partial?: boolean;
  outlook?: Outlook | undefined;
  acknowledged?: Pick<Entry, 'author' | 'reason' | 'entered_ns'>;
}

function alarmId(limit: Limit, from_ns: Nanoseconds): string {
  return `${limit.id}@${isoFromNs(from_ns)}`;
}

/**
 * The alarm of a limit in one period. It depends on what was measured and on what people entered, not on when
 * anybody looked: asked again for a time in the past, it is the same.
 * @param entries entries that hold; of several acknowledgements the first counts.
 */
export function alarmOf(
  limit: Limit,
  period: Interval,
  measured: Measured,
  entries: readonly Entry[],
): Alarm {
  const id = alarmId(limit, period.from_ns);
  const { value, partial, outlook, over } = measured;
  const seen = entries
    .filter(({ statement }) => statement.kind === 'acknowledgement' && statement.alarm === id)
    .toSorted((a, b) => (a.entered_ns < b.entered_ns ? -1 : 1))[0];
  const { state, warning } = judged(limit, measured, seen !== undefined);
  return {
    ...period,
    id,
    limit,
    state,
    value,
    ...(partial && { partial }),
    ...(warning && { warning }),
    ...(outlook && !over && { outlook }),
    ...(seen && { acknowledged: { author: seen.author, reason: seen.reason, entered_ns: seen.entered_ns } }),
  };
}

function judged(
  { max, measure, warn_from }: Limit,
  { value, outlook, over }: Measured,
  seen: boolean,
): { state: AlarmState; warning?: WarningReason } {
  if (value === undefined) return { state: 'none' };
  // An amount only grows; a ratio of a running period may still come down.
  const broken = value > max && (over || measure === 'energy');
  if (broken) return { state: over ? 'ended' : seen ? 'acknowledged' : 'open' };
  if (over) return { state: 'none' };
  if (value > max) return { state: 'warning', warning: 'above' };
  if (value >= warn_from * max) return { state: 'warning', warning: 'near' };
  if (outlook && outlook.expected_kwh > max) return { state: 'warning', warning: 'forecast' };
  return { state: 'none' };
}
