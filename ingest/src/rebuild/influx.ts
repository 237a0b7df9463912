import { join } from 'node:path';
import { BenchlineError, type Log } from '@benchline/model';
import { placementOf } from '@benchline/store';
import { type InfluxConfig, openInfluxStore } from '@benchline/store/influx';
import { readCursor, targetOf } from '../projection/cursor.ts';
import { Projection } from '../projection/projection.ts';
import type { Progress } from './progress.ts';
import type { LedgerView } from './view.ts';

/**
 * Writes a whole ledger into InfluxDB, going on where an earlier run was broken off. A server that is away is waited
 * for, for ever.
 */
export async function rebuildInflux(
  ledger: LedgerView,
  options: { data: string; influx: InfluxConfig; progress: Progress; log: Log; signal: AbortSignal },
): Promise<void> {
  const { data, influx, progress, log, signal } = options;
  const store = await openInfluxStore({ config: influx, placement: placementOf(ledger.plant) });
  try {
    const cursorFile = join(data, 'projection', 'rebuild.json');
    const identity = { ledger_id: ledger.id, target: targetOf(influx), plant_digest: ledger.plantDigest };
    const counted: ConstructorParameters<typeof Projection>[0]['store'] = {
      async write(write) {
        const outcome = await store.write(write);
        progress.wrote(write, outcome);
        return outcome;
      },
      mark: (of, next) => store.mark(markOf(of), next),
      marked: (of) => store.marked(markOf(of)),
    };
    const quarantine = { put: () => undefined };
    const cursor = await readCursor(cursorFile, identity, ledger);
    const projection = new Projection({ ledger, store: counted, cursor, cursorFile, quarantine, log });
    const done = new AbortController();
    const running = projection.run(AbortSignal.any([signal, done.signal]));
    while (projection.next < ledger.next && !signal.aborted) {
      await projection.waitFor(projection.next, signal);
      progress.reached(projection.next);
    }
    done.abort();
    await running;
    if (signal.aborted) throw interrupted();
  } finally {
    await store.close();
  }
}

/** What a running ingest has written says nothing of how far this has come. */
function markOf(ledger: string): string {
  return `rebuild-${ledger}`;
}

export function interrupted(): BenchlineError {
  return new BenchlineError('usage', 'interrupted', {
    hint: 'the same command goes on where this one stopped',
  });
}
