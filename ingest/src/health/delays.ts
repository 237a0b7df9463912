import { type Nanoseconds, secondsOf } from '@benchline/model';
import type { Exposition } from '@benchline/model/health';
import type { Draft } from '../ledger/record-line.ts';
import type { ingestInstruments } from './instruments.ts';

/**
 * Measures how long batches took until they were durable, and how long the append took.
 * @param took_s of the append that made them so.
 * @param now_ns when they became so.
 */
export function observeDurable(
  exposition: Exposition<typeof ingestInstruments>,
  drafts: readonly Draft[],
  took_s: number,
  now_ns: Nanoseconds,
): void {
  exposition.observe('ledger_append_seconds', took_s, {});
  const since = (at_ns: Nanoseconds) => Math.max(0, secondsOf(now_ns - at_ns));
  for (const draft of drafts) {
    if (draft.kind !== 'batch') continue;
    const { gateway_time_ns, observations, marks } = draft.batch.content;
    exposition.observe('gateway_to_ledger_seconds', since(gateway_time_ns), {});
    const last = marks.includes('simulated_clock') ? undefined : observations.at(-1);
    if (last) exposition.observe('source_to_ledger_seconds', since(last.source_time_ns), {});
  }
}
