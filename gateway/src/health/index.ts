import type { GatewayReport, Log } from '@benchline/model';
import { Exposition, Health } from '@benchline/model/health';
import type { StatusParts } from '../status.ts';
import { gatewayInstruments } from './instruments.ts';
import { gatewayReport } from './report.ts';
import { gatewaySamples } from './samples.ts';
import { gatewayStages, type StageParts } from './stages.ts';
import type { Tally } from './tally.ts';

export { Tally } from './tally.ts';

/** How a gateway is, by stages and by measurements. */
export interface GatewayHealth {
  health: Health;
  exposition: Exposition<typeof gatewayInstruments>;
  /** The same for those who see the gateway only through the broker. */
  report(): GatewayReport;
}

/** Watches nothing until `health.start`. */
export function gatewayHealth(
  parts: StatusParts & StageParts & { tally: Tally },
  { patience_ms, log }: { patience_ms: number; log: Log },
): GatewayHealth {
  const health = new Health({ look: () => gatewayStages(parts), patience_ms, log });
  return {
    health,
    exposition: new Exposition('gateway', gatewayInstruments, () => gatewaySamples(parts)),
    report: () => gatewayReport(parts, health.report()),
  };
}
