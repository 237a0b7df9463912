import { nsFromIso, nsNow, type Observation, parsePlant, sha256Hex, type Value } from '@benchline/model';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { periodsOf } from '../src/figures/periods.ts';
import { chainsOver } from '../src/figures/process-eras.ts';
import { findScope, scopesOf } from '../src/figures/scopes.ts';
import { BatchMaker, type Said } from './kit/batches.ts';
import { plantYaml } from './kit/plant.ts';
import { PublishedLedger } from './kit/published-ledger.ts';

const change = '2026-03-04';

function edited(yaml: string, ...edits: readonly (readonly [was: string, is: string])[]): string {
  return edits.reduce((text, [was, is]) => {
    if (!text.includes(was)) throw new Error(`the plant file has no '${was}'`);
    return text.replace(was, is);
  }, yaml);
}

const mill =
  '                - { id: mill, name: { en: Mill, zh: 铣床 }, type: mill, control: CNC, controller: Some CNC, product: part }\n';
const lathe = '                - { id: lathe,';
/** From 4 March on: slower parts, the mill on the other line, a second mill in its place, a shorter early shift. */
const dated = edited(
  plantYaml,
  [mill, mill.replace('id: mill', 'id: mill-2').replace('control: CNC', `control: CNC, since: ${change}`)],
  [
    lathe,
    `${mill.replace('control: CNC', `control: CNC, moved: [{ until: ${change}, line: cell }]`)}${lathe}`,
  ],
  ['line: cell, machines: [mill] }', 'line: turning, machines: [mill] }'],
  [
    'planned_run_time_per_item_s: 10 }',
    `planned_run_time_per_item_s: 10, versions: [{ valid_from: ${change}, planned_run_time_per_item_s: 20 }] }`,
  ],
  [
    "start: '14:00', end: '22:00' }\n",
    `start: '14:00', end: '22:00' }
    versions:
      - valid_from: ${change}
        shifts: [{ id: early, name: { en: Early, zh: 早班 }, start: '06:00', end: '12:00' }]
`,
  ],
);
/** The same plant with a run time that was wrong all the while. */
const corrected = edited(dated, ['planned_run_time_per_item_s: 10,', 'planned_run_time_per_item_s: 12,']);

const at = (day: number, clock: string) => nsFromIso(`2026-03-0${day}T${clock}:00+08:00`);
const say = (signal: string, source_time_ns: bigint, value: Value): Observation => ({
  ...{ signal, source_time_ns, ordinal: 0, value, status: 0 },
});

/** Two hours of a day: it produces for one and a half of them. Counters go on from the day before. */
const millDay = (machine: string, day: number): Said => ({
  machine,
  observations: [
    say('state', at(day, '07:00'), 'producing'),
    say('good', at(day, '07:00'), BigInt(day * 200)),
    say('scrap', at(day, '07:00'), BigInt(day * 5)),
    say('energy-import', at(day, '07:00'), day * 12.5),
    say('state', at(day, '08:30'), 'waiting'),
    say('good', at(day, '08:30'), BigInt(day * 200 + 200)),
    say('scrap', at(day, '08:30'), BigInt(day * 5 + 5)),
    say('energy-import', at(day, '09:00'), day * 12.5 + 12.5),
  ],
  observed: { from_ns: at(day, '07:00'), until_ns: at(day, '09:00') },
});
const latheDay = (day: number): Said => ({
  machine: 'lathe',
  observations: [
    say('state', at(day, '07:00'), 'producing'),
    say('order', at(day, '07:00'), `order-${day}`),
    say('total', at(day, '07:00'), BigInt(day * 90)),
    say('total', at(day, '08:45'), BigInt(day * 90 + 90)),
    say('scrap', at(day, '07:00'), BigInt(day * 2)),
    say('scrap', at(day, '08:45'), BigInt(day * 2 + 2)),
  ],
  observed: { from_ns: at(day, '07:00'), until_ns: at(day, '09:00') },
});

const cell = 'acme/north/shop/cell';
const turning = 'acme/north/shop/turning';
const before = { from_ns: at(1, '00:00'), to_ns: at(4, '00:00') };
const after = { from_ns: before.to_ns, to_ns: at(7, '00:00') };
const week = { from_ns: before.from_ns, to_ns: after.to_ns };

const rulesOf = (yaml: string) => ({ plant: sha256Hex(yaml), formulas: 'f'.repeat(64) });
/** A service over a new plant file, which ingest has put into the ledger. */
async function startWith(yaml: string, running?: PublishedLedger): Promise<PublishedLedger> {
  const ledger = new PublishedLedger({ yaml, rules: rulesOf(yaml), ...(running && { after: running }) });
  await ledger.resume(running?.records ?? []);
  await ledger.take({ received_ns: nsNow(), line: JSON.stringify({ kind: 'plant', yaml }) });
  return ledger;
}

/** The plant file that a ledger has. */
function plantOf({ records }: PublishedLedger): string {
  const lines = records.flatMap(({ line }) => (line === '' ? [] : [JSON.parse(line) as { yaml: string }]));
  return lines.at(-1)?.yaml ?? '';
}

const revisions = (ledger: PublishedLedger, scope: string, span = week) =>
  ledger.book.history(scope, span, undefined, 10_000);

/** Everything that is said of a time, by scope: its days, and the hours of one morning. */
async function everything(ledger: PublishedLedger, span: typeof week, paths: Iterable<string>) {
  const said: Record<string, unknown> = {};
  for (const path of paths) {
    const scope = findScope(ledger.scopes, path);
    said[`revisions of ${path}`] = revisions(ledger, path, span);
    const hours = { from_ns: at(3, '06:00'), to_ns: at(3, '10:00') };
    for (const period of [...periodsOf(scope, 'day', span), ...periodsOf(scope, 'hour', hours)]) {
      const { figures, account } = await ledger.figures.of(scope, period, nsNow());
      said[`${period.from_ns} to ${period.to_ns} of ${path}`] = { figures, account };
    }
  }
  return said;
}

describe('a plant that changes on a date', () => {
  const maker = new BatchMaker();
  let ledger: PublishedLedger;
  let old: readonly string[];
  let history: Record<string, unknown>;
  const figuresOf = async (scope: string, span: typeof week) =>
    (await ledger.figures.of(findScope(ledger.scopes, scope), span, nsNow())).figures;
  const day = (scope: string, date: number) =>
    figuresOf(scope, { from_ns: at(date, '00:00'), to_ns: at(date + 1, '00:00') });

  beforeAll(async () => {
    ledger = await startWith(plantYaml);
    await ledger.deliver(
      ...[2, 3].flatMap((date) => [maker.make(millDay('mill', date)), maker.make(latheDay(date))]),
    );
    await ledger.publish();
    old = [...ledger.scopes.keys()];
    history = await everything(ledger, before, old);
    ledger = await startWith(dated, ledger);
    await ledger.deliver(
      ...[4, 5].flatMap((date) => [
        ...['mill', 'mill-2'].map((machine) => maker.make(millDay(machine, date))),
        maker.make(latheDay(date)),
      ]),
    );
    await ledger.publish();
  });
  afterAll(() => ledger.book.close());

  test('has the figures of the time before, and their revisions, as they were', async () => {
    expect(history[`revisions of ${cell}/mill`]).not.toEqual([]);
    expect(await everything(ledger, before, old)).toEqual(history);
    for (const path of ledger.scopes.keys())
      expect(revisions(ledger, path).every(({ revision }) => revision === 1)).toBe(true);
    expect(ledger.publisher.differing).toBe(0);
  });

  test('has figures by the new plan from then on', async () => {
    expect((await day(`${cell}/mill`, 3)).effectiveness.value).toBeCloseTo((205 * 10) / 5400, 12);
    expect((await day(`${turning}/mill`, 5)).effectiveness.value).toBeCloseTo((205 * 20) / 5400, 12);
    expect((await day(cell, 3)).good_items).toEqual({ value: 200, status: 'ok' });
    // The bench beside the lathe never counts, so what is known of its line is a part.
    expect((await day(turning, 3)).good_items).toEqual({ value: 43, status: 'partial' });
    expect((await day(turning, 5)).good_items).toEqual({ value: 243, status: 'partial' });
    expect((await day(cell, 5)).good_items).toEqual({ value: 200, status: 'ok' });
    expect((await day('acme', 5)).good_items.value).toBe(443);
  });

  test('plans by the calendar of the line that a machine stands on, and by the version of the day', async () => {
    const planned = async (scope: string, date: number) => {
      const window = { from_ns: at(date, '00:00'), to_ns: at(date + 1, '00:00') };
      return (await ledger.figures.of(findScope(ledger.scopes, scope), window, nsNow())).quantities.planned_s;
    };
    // Round the clock; the two shifts less half an hour; until twelve.
    expect(await planned(`${cell}/mill`, 3)).toBe(24 * 3600);
    expect(await planned(`${turning}/lathe`, 3)).toBe(15.5 * 3600);
    expect(await planned(`${turning}/lathe`, 5)).toBe(6 * 3600);
    expect(await planned(`${turning}/mill`, 5)).toBe(6 * 3600);
    expect(await planned(`${cell}/mill`, 5)).toBe(0);
    expect(await planned(`${turning}/mill`, 3)).toBe(0);
    expect(await planned(`${cell}/mill-2`, 3)).toBe(0);
    expect(await planned(`${cell}/mill-2`, 5)).toBe(24 * 3600);
  });

  test('adds up over a time that the change lies in', async () => {
    const { sums, figures } = await ledger.figures.of(findScope(ledger.scopes, cell), week, nsNow());
    expect(sums.get('earned_s')).toBeCloseTo(2 * 205 * 10 + 2 * 205 * 20, 9);
    expect(figures.good_items.value).toBe(800);
    expect((await figuresOf('acme', week)).good_items.value).toBe(6 * 200 + 4 * 43);
    expect((await figuresOf('acme/north/shop', week)).oee).toEqual((await figuresOf('acme', week)).oee);
  });

  test('comes out of the ledger alone with the same figures and revisions', async () => {
    const yaml = plantOf(ledger);
    expect(yaml).toBe(dated);
    const again = new PublishedLedger({ yaml, rules: rulesOf(yaml) });
    for (const record of ledger.records) await again.read(record);
    await again.publish();
    expect(again.records.length).toBe(ledger.records.length);
    const paths = [...ledger.scopes.keys()];
    expect(await everything(again, week, paths)).toEqual(await everything(ledger, week, paths));
    again.book.close();
  });

  test('is corrected for all time where what was wrong has no date: another revision says so', async () => {
    const known = revisions(ledger, `${cell}/mill`, before);
    ledger = await startWith(corrected, ledger);
    const secondOnes = () =>
      revisions(ledger, `${cell}/mill`, before).filter(({ revision }) => revision === 2);
    // What is published is looked through a little at a time.
    await vi.waitFor(async () => {
      await ledger.publish();
      expect(secondOnes().map(({ grain }) => grain)).toEqual(
        expect.arrayContaining(['hour', 'shift', 'day']),
      );
    }, 15_000);
    const revised = secondOnes();
    expect(revised[0]).toMatchObject({
      why: [{ kind: 'plant_version', was: sha256Hex(plantYaml), is: sha256Hex(corrected) }],
    });
    expect(revised[0]?.changes).toHaveProperty('effectiveness');
    expect(revised[0]?.changes).not.toHaveProperty('availability');
    expect(revisions(ledger, `${cell}/mill`, before).filter(({ revision }) => revision === 1)).toEqual(known);
  });
});

describe('processes and chains that change on a date', () => {
  const shop = 'acme/north/shop';
  const chained = edited(
    plantYaml,
    ['machines: [lathe, bench], rule: fraction }', 'machines: [lathe] }'],
    [
      'calendars:\n',
      'chains:\n  - { id: shafts, name: { en: Shafts }, processes: [milling, turning] }\ncalendars:\n',
    ],
  );
  /** Turning comes to its end, and with it the chain; from then on milling is all there is. */
  const shortened = edited(
    chained,
    ['machines: [lathe] }', `machines: [lathe], until: ${change} }`],
    [
      'processes: [milling, turning] }\n',
      `processes: [milling, turning] }\n  - { id: parts, name: { en: Parts }, processes: [milling], since: ${change} }\n`,
    ],
  );
  /** The same without a date: it is said to have been so all the while. */
  const rewritten = edited(chained, ['processes: [milling, turning] }', 'processes: [milling] }']);
  const maker = new BatchMaker();
  let ledger: PublishedLedger;
  const figuresOf = async (span: typeof week) =>
    (await ledger.figures.of(findScope(ledger.scopes, shop), span, nsNow())).figures;
  const [milled, turned] = [200 / 205, 43 / 45];

  beforeAll(async () => {
    ledger = await startWith(chained);
    for (const date of [2, 3])
      await ledger.deliver(maker.make(millDay('mill', date)), maker.make(latheDay(date)));
    await ledger.publish();
  });
  afterAll(() => ledger.book.close());

  test('keep the figures of the past, and give those of later by what holds then', async () => {
    const known = await everything(ledger, before, ledger.scopes.keys());
    ledger = await startWith(shortened, ledger);
    for (const date of [4, 5])
      await ledger.deliver(maker.make(millDay('mill', date)), maker.make(latheDay(date)));
    await ledger.publish();
    expect(await everything(ledger, before, ledger.scopes.keys())).toEqual(known);
    expect(revisions(ledger, shop).every(({ revision }) => revision === 1)).toBe(true);
    const [past, since] = [await figuresOf(before), await figuresOf(after)];
    expect(past.rolled_throughput_yield.value).toBeCloseTo(milled * turned, 12);
    expect(past.fall_off_ratio.value).toBeCloseTo(7 / 205, 12);
    expect(past.cnc_ratio_declared.inputs).toEqual({ declared_processes: 2, key_processes: 2 });
    expect(since.rolled_throughput_yield.value).toBeCloseTo(milled, 12);
    expect(since.fall_off_ratio.value).toBeCloseTo(5 / 205, 12);
    expect(since.cnc_ratio_declared.inputs).toEqual({ declared_processes: 1, key_processes: 1 });
  });

  test('are taken each over its time where a window has both; of several yields the lowest', async () => {
    const both = await figuresOf(week);
    expect(both.rolled_throughput_yield.value).toBeCloseTo(milled * turned, 12);
    expect(both.fall_off_ratio.value).toBeCloseTo((4 * 5 + 2 * 2) / (4 * 205), 12);
    const { chains } = await ledger.figures.yields(findScope(ledger.scopes, shop), week, nsNow());
    expect(chains.map(({ chain, parts }) => [chain.id, parts])).toEqual([
      ['shafts', [before]],
      ['parts', [after]],
    ]);
  });

  test('follow each other by themselves where the plant file has no chains', () => {
    const scope = scopesOf(parsePlant(shortened, 'plant.yaml')).get(shop)!;
    expect(chainsOver([], scope, [week]).map(({ chain, parts }) => [chain.processes, parts])).toEqual([
      [['milling', 'turning', 'packing'], [before]],
      [['milling', 'packing'], [after]],
    ]);
  });

  test('are corrected for all time without a date', async () => {
    ledger = await startWith(rewritten, ledger);
    expect((await figuresOf(before)).rolled_throughput_yield.value).toBeCloseTo(milled, 12);
  });
});
