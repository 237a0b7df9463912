import type { Log } from '@benchline/model';
import { Exposition, Health } from '@benchline/model/health';
import type { FeedParts } from '../feed/status.ts';
import { ingestInstruments } from './instruments.ts';
import { ingestSamples } from './samples.ts';
import { ingestStages } from './stages.ts';

export { observeDurable } from './delays.ts';

/** How an ingest is, by stages and by measurements. */
export interface IngestHealth {
  health: Health;
  exposition: Exposition<typeof ingestInstruments>;
}

/** Watches nothing until `health.start`. */
export function ingestHealth(
  parts: FeedParts,
  { patience_ms, log }: { patience_ms: number; log: Log },
): IngestHealth {
  const health = new Health({ look: () => ingestStages(parts), patience_ms, log });
  return { health, exposition: new Exposition('ingest', ingestInstruments, () => ingestSamples(parts)) };
}
