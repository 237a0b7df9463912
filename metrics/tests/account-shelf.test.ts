import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type CanonicalState, indexPlant, openLog, type PlantIndex, parsePlant } from '@benchline/model';
import { placementOf, type TelemetryStore } from '@benchline/store';
import { openMemoryStore } from '@benchline/store/memory';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AccountShelf } from '../src/figures/account-shelf.ts';
import { Figures } from '../src/figures/figures.ts';
import { scopesOf } from '../src/figures/scopes.ts';
import { plantYaml } from './kit/plant.ts';
import { said } from './kit/said.ts';

process.env['BENCHLINE_LOG'] ??= 'silent';
const log = openLog('metrics');
const plant = indexPlant(parsePlant(plantYaml, 'plant.yaml'));
const scope = scopesOf(plant.plant).get('acme/north/shop/cell/mill')!;
const second = 1_000_000_000n;
const day = 86_400n * second;
/** Midnight in Shanghai. */
const start = 1_772_467_200n * second;
const days = { from_ns: start, to_ns: start + 3n * day };
const position = { next: 7, line: 'seven' };
const always = start + 30n * day;

describe('a file of accounts', () => {
  let folder: string;
  let file: string;
  let opened = 0;
  let store: TelemetryStore;
  let reads: number;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'benchline-shelf-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(async () => {
    opened += 1;
    file = join(folder, `${opened}.accounts`);
    store = openMemoryStore({ placement: placementOf(plant) });
    reads = 0;
    const whole = { machine: 'mill', source: 'plc', from_ns: start - day, until_ns: start + 9n * day };
    await store.write({ observations: [], observed: [whole], gaps: [] });
    await say(start - 1n, 'producing');
  });

  const say = async (at_ns: bigint, value: CanonicalState) => {
    await store.write({ observations: [said('mill', 'state', at_ns, value)], observed: [], gaps: [] });
  };
  /** One life of the service: opens the file, works, closes it or dies. */
  const live = async <T>(
    work: (figures: Figures, shelf: AccountShelf) => Promise<T>,
    index: PlantIndex = plant,
  ) => {
    const shelf = AccountShelf.open({ file, plant: index, log });
    const counting: Pick<TelemetryStore, 'observations' | 'latest' | 'observed' | 'entries'> = {
      observations: async (query) => {
        reads += 1;
        return await store.observations(query);
      },
      latest: (query) => store.latest(query),
      observed: (query) => store.observed(query),
      entries: (query) => store.entries(query),
    };
    const figures = new Figures({ plant: index, store: counting, lateness_ns: 0n, shelf });
    try {
      return await work(figures, shelf);
    } finally {
      shelf.close();
    }
  };
  const accountOf = async (figures: Figures, window = days) =>
    (await figures.of(scope, window, always)).account;

  test('spares the next life the raw data, and says the same', async () => {
    const first = await live(async (figures, shelf) => {
      shelf.resume(position);
      return await accountOf(figures);
    });
    expect(reads).toBeGreaterThan(0);
    reads = 0;
    const second_ = await live(async (figures, shelf) => {
      expect(shelf.resume(position)).toEqual(position);
      return await accountOf(figures);
    });
    expect(reads).toBe(0);
    expect(second_).toEqual(first);
    expect(second_.elements.apt).toBe(3n * day);
  });

  test('forgets exactly what late data touch, in this life and in the next', async () => {
    await live(async (figures) => {
      await accountOf(figures);
      await say(start + day + 3600n * second, 'waiting');
      const at = start + day + 3600n * second;
      figures.touched({ machine: 'mill', source: 'plc', from_ns: at, to_ns: at });
    });
    reads = 0;
    await live(async (figures) => {
      expect((await accountOf(figures, { from_ns: start, to_ns: start + day })).elements.apt).toBe(day);
      expect(reads).toBe(0);
      expect((await accountOf(figures)).elements.apt).toBe(day + 3600n * second);
    });
    expect(reads).toBeGreaterThan(0);
  });

  test('has the feed told again from where it knew of it, when the process died in between', async () => {
    await live(async (_figures, shelf) => {
      shelf.resume(position);
      shelf.remember({ next: 9, line: 'nine' });
    });
    await live(async (_figures, shelf) => {
      expect(shelf.resume({ next: 12, line: 'twelve' })).toEqual({ next: 9, line: 'nine' });
    });
  });

  test('works out anew what a disk changed', async () => {
    const first = await live(async (figures) => await accountOf(figures));
    const database = new DatabaseSync(file);
    const select = database.prepare('SELECT from_ns, account FROM piece ORDER BY to_ns - from_ns DESC');
    select.setReadBigInts(true);
    const [kept] = select.all();
    const bytes = kept!['account'] as Uint8Array;
    bytes[bytes.length - 9]! ^= 4;
    database.prepare('UPDATE piece SET account = ? WHERE from_ns = ?').run(bytes, kept!['from_ns']!);
    database.close();
    reads = 0;
    expect(await live(async (figures) => await accountOf(figures))).toEqual(first);
    expect(reads).toBeGreaterThan(0);
  });

  test('is of no use to a store that begins anew', async () => {
    await live(async (figures, shelf) => {
      shelf.resume(position);
      await accountOf(figures);
    });
    reads = 0;
    await live(async (figures, shelf) => {
      expect(shelf.resume({ next: 0, line: undefined })).toEqual({ next: 0, line: undefined });
      await accountOf(figures);
    });
    expect(reads).toBeGreaterThan(0);
  });

  test('keeps what a changed plant file does not change', async () => {
    await live((figures) => accountOf(figures));
    const other = (from: string, to: string) =>
      indexPlant(parsePlant(plantYaml.replace(from, to), 'plant.yaml'));
    reads = 0;
    await live(
      (figures) => accountOf(figures),
      other('{ id: bench, name: { en: Bench }', '{ id: bench, name: { en: Old bench }'),
    );
    expect(reads).toBe(0);
    await live(
      (figures) => accountOf(figures),
      other(
        "id: all-day, name: { en: All day }, start: '00:00'",
        "id: all-day, name: { en: All day }, start: '06:00'",
      ),
    );
    expect(reads).toBeGreaterThan(0);
  });

  test('adds a day up from its quarter hours', async () => {
    await live(async (figures) => {
      for (let at = start; at < start + day; at += 900n * second)
        await accountOf(figures, { from_ns: at, to_ns: at + 900n * second });
    });
    reads = 0;
    const whole = await live((figures) => accountOf(figures, { from_ns: start, to_ns: start + day }));
    expect(reads).toBe(0);
    expect(whole.elements.apt).toBe(day);
  });

  test('knows what a change at the very edge of a slot changed from', async () => {
    const quarter = 900n * second;
    await say(start + quarter, 'fault');
    await live(async (figures) => {
      const before = await accountOf(figures, { from_ns: start, to_ns: start + quarter });
      const after = await accountOf(figures, { from_ns: start + quarter, to_ns: start + 2n * quarter });
      expect([before.failures, after.failures]).toEqual([0n, 1n]);
    });
  });

  test('is set aside and made anew when it cannot be read', async () => {
    writeFileSync(file, 'this is no database, whatever it says it is, and long enough to be taken for one');
    expect((await live((figures) => accountOf(figures))).elements.apt).toBe(3n * day);
    expect(readdirSync(folder).filter((name) => name.includes('.unreadable-'))).toHaveLength(1);
  });

  test('says what the store says, whatever came in between', async () => {
    const quarter = 900n * second;
    const step = fc.oneof(
      fc.record({ ask: fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: 200 })) }),
      fc.record({ at: fc.integer({ min: 0, max: 300 * 900 }), producing: fc.boolean() }),
      fc.record({ restart: fc.constant(true) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        opened += 1;
        file = join(folder, `${opened}.accounts`);
        const rest = [...steps];
        while (rest.length > 0)
          await live(async (figures) => {
            for (let next = rest.shift(); next && !('restart' in next); next = rest.shift())
              if ('ask' in next) {
                const from_ns = start + BigInt(next.ask[0]) * quarter;
                const window = { from_ns, to_ns: from_ns + BigInt(next.ask[1]) * quarter };
                const fresh = new Figures({ plant, store, lateness_ns: 0n });
                expect(await accountOf(figures, window)).toEqual(await accountOf(fresh, window));
              } else {
                const at = start + BigInt(next.at) * second;
                await say(at, next.producing ? 'producing' : 'waiting');
                figures.touched({ machine: 'mill', source: 'plc', from_ns: at, to_ns: at });
              }
          });
      }),
      { numRuns: 30 },
    );
  });
});
