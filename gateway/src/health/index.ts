import type { Log } from '@benchline/model';
import { Exposition, Health } from '@benchline/model/health';
import type { StatusParts } from '../status.ts';
import { gatewayInstruments } from './instruments.ts';
import { gatewaySamples } from './samples.ts';
import { SpoolWatch } from './spool-watch.ts';
import { gatewayStages, type StageParts } from './stages.ts';
import type { Tally } from './tally.ts';

export { Tally } from './tally.ts';

/** How a gateway is, by stages and by measurements. */
export interface GatewayHealth {
  health: Health;
  exposition: Exposition<typeof gatewayInstruments>;
}

/** Watches nothing until `health.start`. */
export function gatewayHealth(
  parts: StatusParts & StageParts & { tally: Tally },
  { patience_ms, log }: { patience_ms: number; log: Log },
): GatewayHealth {
  const watch = new SpoolWatch();
  const health = new Health({
    look: () => {
      watch.look(parts.spool.status(), performance.now());
      return gatewayStages(parts);
    },
    patience_ms,
    log,
  });
  const exposition = new Exposition('gateway', gatewayInstruments, () => gatewaySamples({ ...parts, watch }));
  return { health, exposition };
}
