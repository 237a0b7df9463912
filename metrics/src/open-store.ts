import type { Log, PlantIndex } from '@benchline/model';
import { placementOf, type TelemetryStore } from '@benchline/store';
import { type EmbeddedStore, openEmbeddedStore } from '@benchline/store/embedded';
import { openInfluxStore } from '@benchline/store/influx';
import type { MetricsConfig } from './config.ts';
import { readCursor, writeCursor } from './figures/cursor-file.ts';
import { type FeedPosition, feedStart } from './follower/position.ts';

export interface OpenedStore {
  store: TelemetryStore;
  /** The store again where this service is the one that writes it. */
  own?: EmbeddedStore;
  /** Where to go on in the feed. */
  from: FeedPosition;
  remember(position: FeedPosition): Promise<void>;
}

/** Opens the store that a configuration names. @throws BenchlineError `store_unavailable`. */
export async function openStore(
  { store: where }: MetricsConfig,
  plant: PlantIndex,
  log: Log,
): Promise<OpenedStore> {
  const placement = placementOf(plant);
  if ('embedded' in where) {
    const store = await openEmbeddedStore({ file: where.embedded.file, placement, log });
    const from = { next: (await store.cursor()) ?? 0, line: await store.cursorLine() };
    return { store, own: store, from, remember: async () => undefined };
  }
  const file = where.cursor_file;
  return {
    store: await openInfluxStore({ config: where.influx, placement }),
    from: file === undefined ? feedStart : await readCursor(file),
    remember: async (position) => {
      if (file !== undefined) await writeCursor(file, position);
    },
  };
}
