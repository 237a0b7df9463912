import { type GatewayReport, nsNow } from '@benchline/model';
import type { StageReport } from '@benchline/model/health';
import type { StatusParts } from '../status.ts';

/** How this gateway is, for those who see it only through the broker. */
export function gatewayReport(
  { gateway, spool, publisher }: Pick<StatusParts, 'gateway' | 'spool' | 'publisher'>,
  stages: readonly StageReport[],
): GatewayReport {
  const { next, acked, floor, bytes, max_bytes, oldest_unacked_ms, buffer_left_h, lost } = spool.status();
  return {
    v: 1,
    gateway,
    at_ns: nsNow(),
    stages: stages.map(({ stage, subject, state, standing_s }) => ({
      stage,
      ...(subject === undefined ? {} : { subject }),
      state,
      standing_s,
    })),
    spool: {
      bytes,
      max_bytes,
      unacked_batches: next - 1 - Math.max(acked, floor - 1),
      ...(oldest_unacked_ms === undefined
        ? {}
        : { oldest_unacked_s: Math.max(0, Date.now() - oldest_unacked_ms) / 1000 }),
      ...(buffer_left_h === undefined ? {} : { left_h: buffer_left_h }),
      lost: { ...lost },
    },
    alarms: [...publisher.status().alarms],
  };
}
