import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { indexPlant, type Observation, type PlacedBatch, parsePlant } from '@benchline/model';
import { placementOf, type TelemetryStore } from '@benchline/store';
import { openMemoryStore } from '@benchline/store/memory';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Figures } from '../src/figures/figures.ts';
import { RecentReads } from '../src/figures/recent.ts';
import { scopesOf } from '../src/figures/scopes.ts';
import { newsOf, writeOf } from '../src/follower/records.ts';
import { plantYaml } from './kit/plant.ts';

const plant = indexPlant(parsePlant(plantYaml, 'plant.yaml'));
const scope = scopesOf(plant.plant).get('acme/north/shop/turning/lathe')!;
const start = 1_772_467_200_000_000_000n;
const second = 1_000_000_000n;
const at = (s: number) => start + BigInt(s) * second;
const signals = ['state', 'order', 'total', 'scrap', 'energy'];

const said = fc.oneof(
  fc.record({
    signal: fc.constant('state'),
    value: fc.constantFrom('producing', 'waiting', 'fault', undefined),
  }),
  fc.record({ signal: fc.constant('order'), value: fc.constantFrom('A', 'B', '', undefined) }),
  fc.record({
    signal: fc.constantFrom('total', 'scrap'),
    value: fc.option(fc.bigInt({ min: 0n, max: 900n }), { nil: undefined }),
  }),
  fc.record({ signal: fc.constant('energy'), value: fc.double({ min: 0, max: 9e6, noNaN: true }) }),
);

/** Batches that mostly go on where the last one ended; some come long afterwards, twice, or with what a store refuses. */
const delivered = fc.record({
  kind: fc.constant('batch' as const),
  source: fc.constantFrom('plc', 'plc', 'meter'),
  late_s: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 900 })),
  observations: fc.array(fc.tuple(said, fc.integer({ min: 0, max: 59 }), fc.nat(1)), { maxLength: 8 }),
  inOrder: fc.boolean(),
  watched: fc.boolean(),
  twice: fc.boolean(),
  refused: fc.boolean(),
});
const asked = fc.record({
  kind: fc.constant('ask' as const),
  back_s: fc.integer({ min: 0, max: 600 }),
  length_s: fc.integer({ min: 1, max: 600 }),
  /** Whether the answer is waited for before more comes. */
  waits: fc.boolean(),
});
const steps = fc.array(fc.oneof(delivered, delivered, asked), { minLength: 4, maxLength: 24 });

type Delivered = typeof delivered extends fc.Arbitrary<infer T> ? T : never;

function batchOf(step: Delivered, turn: number): PlacedBatch {
  const from_s = Math.max(0, turn * 30 - step.late_s);
  const observations = step.observations.map(([what, s, ordinal]): Observation => {
    const source_time_ns = at(from_s + s);
    const { signal, value } = what;
    return {
      ...{ signal, source_time_ns, ordinal, status: value === undefined ? 0x8000_0000 : 0 },
      ...(value !== undefined && { value }),
      ...(signal === 'state' && { native: `native ${String(value)}` }),
    };
  });
  if (step.inOrder) observations.sort((a, b) => (a.source_time_ns < b.source_time_ns ? -1 : 1));
  if (step.refused)
    observations.push({
      ...{ signal: 'energy', source_time_ns: at(from_s + 60), ordinal: 0, status: 0 },
      value: Number.NaN,
    });
  return {
    ...{ v: 1, gateway: 'edge', epoch: '0123456789ab-01234567', seq: turn, prev: '', mapping: 'm' },
    ...{ gateway_time_ns: at(turn), machine: 'lathe', source: step.source, marks: [], gaps: [] },
    observations,
    ...(step.watched && { observed: { from_ns: at(from_s), until_ns: at(from_s + 45) } }),
  };
}

const usual = { kind: 'batch', late_s: 0, inOrder: false, twice: false, refused: false } as const;
const energy = [{ signal: 'energy', value: 0 }, 0, 0] as [
  { signal: 'energy'; value: number },
  number,
  number,
];
const handover: typeof steps extends fc.Arbitrary<infer T> ? T : never = [
  { ...usual, source: 'meter', observations: [energy], watched: false },
  { ...usual, source: 'plc', observations: [], watched: true },
  { ...usual, source: 'plc', observations: [energy], watched: false },
  { kind: 'ask', back_s: 0, length_s: 211, waits: false },
  { kind: 'ask', back_s: 121, length_s: 1, waits: true },
];

test('what is kept of the latest time says what the store says, and open windows come to the same, in any order', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.constantFrom(5, 1000), async (list, most) => {
      const store = openMemoryStore({ placement: placementOf(plant) });
      const recent = new RecentReads(slow(store), plant, most);
      const underway: Promise<unknown>[] = [];
      const figures = new Figures({ plant, store: recent, lateness_ns: 0n });
      for (const [turn, step] of list.entries()) {
        if (step.kind === 'batch') {
          const content = batchOf(step, turn);
          for (let time = 0; time < (step.twice ? 2 : 1); time += 1) {
            await store.write(writeOf([{ offset: turn, received_ns: 0n, line: '', batch: { content } }]));
            recent.heard(content);
            const news = newsOf({ content });
            if (news) figures.touched(news);
          }
          continue;
        }
        const to_ns = at(Math.max(1, turn * 30 + 60 - step.back_s));
        const window = { machine: 'lathe', from_ns: to_ns - BigInt(step.length_s) * second, to_ns };
        if (!step.waits) {
          underway.push(
            figures.of(scope, window, to_ns),
            recent.latest({ ...window, signals, at_ns: to_ns }),
          );
          await turnOfLoop();
          continue;
        }
        await Promise.all(underway);
        const fresh = new Figures({ plant, store, lateness_ns: 0n });
        const [ours, theirs] = await Promise.all([
          figures.of(scope, window, to_ns),
          fresh.of(scope, window, to_ns),
        ]);
        expect(ours.account).toEqual(theirs.account);
        for (const source of [undefined, 'plc', 'meter']) {
          const query = { ...window, ...(source !== undefined && { source }) };
          expect(await recent.observed(query)).toEqual(await store.observed(query));
        }
        for (const signal of signals) {
          const query = { machine: 'lathe', signals: [signal] };
          expect((await recent.latest({ ...query, at_ns: to_ns })).map(plain)).toEqual(
            (await store.latest({ ...query, at_ns: to_ns })).map(plain),
          );
          expect((await recent.observations({ ...window, ...query })).map(plain)).toEqual(
            (await store.observations({ ...window, ...query })).map(plain),
          );
        }
      }
      await Promise.all(underway);
      await store.close();
    }),
    // A signal that moves to another source: before the new one said it, that one was watched for nothing.
    { numRuns: 150, examples: [[handover, 5]] },
  );
});

test('figures of an open hour ask the store nothing more from the second minute on, as minutes turn', async () => {
  const store = openMemoryStore({ placement: placementOf(plant) });
  let reads = 0;
  const recent = new RecentReads(
    counting(store, () => (reads += 1)),
    plant,
  );
  const figures = new Figures({ plant, store: recent, lateness_ns: 0n });
  const hour = { from_ns: at(0), to_ns: at(3600) };
  const readsAt: number[] = [];
  for (let turn = 0; turn < 28; turn += 1) {
    const observations: Delivered['observations'] = [
      [{ signal: 'total', value: BigInt(turn * 3) }, 5, 0],
      [{ signal: 'energy', value: turn }, 6, 0],
      [{ signal: 'state', value: turn % 7 === 6 ? 'waiting' : 'producing' }, 7, 0],
    ];
    const content = batchOf({ ...usual, source: 'plc', observations, watched: true, inOrder: true }, turn);
    await store.write(writeOf([{ offset: turn, received_ns: 0n, line: '', batch: { content } }]));
    recent.heard(content);
    figures.touched(newsOf({ content })!);
    const before = reads;
    const { account } = await figures.of(scope, hour, at(turn * 30 + 45));
    readsAt.push(reads - before);
    const alone = new Figures({ plant, store, lateness_ns: 0n });
    for (const news of [newsOf({ content })!]) alone.touched(news);
    expect(account).toEqual((await alone.of(scope, hour, at(turn * 30 + 45))).account);
  }
  expect(readsAt[0]).toBeGreaterThan(0);
  expect(readsAt.slice(4)).toEqual(Array.from({ length: 24 }, () => 0));
});

function counting(store: TelemetryStore, read: () => void): TelemetryStore {
  const counted =
    <Q, A>(ask: (query: Q) => A) =>
    (query: Q): A => {
      read();
      return ask(query);
    };
  return {
    ...store,
    observations: counted(store.observations.bind(store)),
    latest: counted(store.latest.bind(store)),
    observed: counted(store.observed.bind(store)),
    entries: store.entries.bind(store),
  };
}

/** Answers as late as a database does: more is written before and after it has read. */
function slow(store: TelemetryStore): TelemetryStore {
  const late =
    <Q, A>(read: (query: Q) => Promise<A>) =>
    async (query: Q): Promise<A> => {
      await turnOfLoop();
      const answer = await read.call(store, query);
      await turnOfLoop();
      return answer;
    };
  return {
    ...store,
    observations: late(store.observations),
    latest: late(store.latest),
    observed: late(store.observed),
    entries: late(store.entries),
  };
}

/** What figures need of an observation; what a controller called its numbers is not kept. */
function plain(o: Pick<Observation, 'signal' | 'source_time_ns' | 'ordinal' | 'value' | 'native'>) {
  const { signal, source_time_ns, ordinal, value, native } = o;
  return { signal, source_time_ns, ordinal, value, native };
}
