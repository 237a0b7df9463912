import type { Log, PlantIndex } from '@benchline/model';
import { type MarkedStore, placementOf, type TelemetryStore } from '@benchline/store';
import { type EmbeddedStore, openEmbeddedStore } from '@benchline/store/embedded';
import { openInfluxStore } from '@benchline/store/influx';
import type { MetricsConfig } from './config.ts';
import { readCursor, writeCursor } from './follower/cursor-file.ts';
import { type FeedPosition, feedStart } from './follower/position.ts';

export interface OpenedStore {
  store: TelemetryStore;
  /** The store again where this service is the one that writes it. */
  own?: EmbeddedStore;
  /** Where to go on in the feed. */
  from: FeedPosition;
  remember(position: FeedPosition): Promise<void>;
  /** File beside it for what is published. */
  revisions: string;
  /** File beside it for the accounts of past slots; without it they do not outlive the process. */
  accounts?: string;
  /** File beside it for what was told of alarms; without it they are told anew after a restart. */
  alarms?: string;
}

/** Opens the store that a configuration names. @throws BenchlineError `store_unavailable`. */
export async function openStore(
  { store: where, feed_reader }: MetricsConfig,
  plant: PlantIndex,
  log: Log,
): Promise<OpenedStore> {
  const placement = placementOf(plant);
  if ('embedded' in where) {
    const store = await openEmbeddedStore({ file: where.embedded.file, placement, log });
    const from = { next: (await store.cursor()) ?? 0, line: await store.cursorLine() };
    const revisions = `${where.embedded.file}.revisions`;
    const accounts = `${where.embedded.file}.accounts`;
    const alarms = `${where.embedded.file}.alarms`;
    return { store, own: store, from, remember: async () => undefined, revisions, accounts, alarms };
  }
  const store = await openInfluxStore({ config: where.influx, placement });
  const file = where.cursor_file;
  if (file === undefined)
    return { store, from: feedStart, remember: async () => undefined, revisions: ':memory:' };
  const mark = `kpi-${feed_reader}`;
  return {
    store,
    revisions: `${file}.revisions`,
    accounts: `${file}.accounts`,
    alarms: `${file}.alarms`,
    from: await known(store, mark, await readCursor(file)),
    remember: async (position) => {
      await store.mark(mark, position.next);
      await writeCursor(file, position);
    },
  };
}

/** The beginning where the store holds fewer `kpi` points than the file knows of: it was dropped or restored. */
async function known(store: MarkedStore, mark: string, remembered: FeedPosition): Promise<FeedPosition> {
  // A store that is away is waited for later; then the file is believed.
  const held = await store.marked(mark).catch(() => remembered.next);
  return (held ?? 0) < remembered.next ? feedStart : remembered;
}
