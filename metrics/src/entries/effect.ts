import {
  type Asset,
  type CanonicalState,
  type Entry,
  type PlantIndex,
  type Signal,
  scrapCausesOf,
  signalsOf,
  type Value,
} from '@benchline/model';
import type { Correction, Facts, NamedDefects, RisingFacts, Step } from '../accounts/facts.ts';
import { listOf } from '../accounts/readings.ts';
import { nanoAmountOf, nanoItemsOf, type Reading } from '../accounts/registers.ts';
import { union } from '../intervals.ts';
import { namedCause } from './named-cause.ts';
import { laidOver, type Stretch } from './overlay.ts';
import { asEntered, entriesOf, orderStretches } from './stretches.ts';

/**
 * What is known of an asset, with what people entered laid over what was recorded. Nothing depends on the order in
 * which entries came.
 * @param holding entries about the asset that hold, by start.
 */
export function withEntries(facts: Facts, holding: readonly Entry[], asset: Asset, plant: PlantIndex): Facts {
  if (holding.length === 0) return facts;
  const states = stateStretches(holding);
  const orders = orderStretches(holding);
  return {
    ...facts,
    states: laidOver(facts.states, states, undefined),
    states_observed: union([...facts.states_observed, ...states]),
    reasons: reasonsWith(facts.reasons, holding),
    orders: laidOver(
      facts.orders,
      orders.map(({ value, ...stretch }) => ({ ...stretch, value: value.statement.order })),
      undefined,
    ),
    products: laidOver(
      facts.products,
      orders.map(({ value, ...stretch }) => ({
        ...stretch,
        value: knownProduct(plant, value.statement.product),
      })),
      undefined,
    ),
    counters: withReadings(facts.counters, signalsOf(asset, 'count'), holding, (value, { counts_per_item }) =>
      nanoItemsOf(value, counts_per_item),
    ),
    registers: withReadings(facts.registers, signalsOf(asset, 'energy'), holding, (value, { unit }) =>
      nanoAmountOf(value, unit),
    ),
    corrections: correctionsOf(holding),
    named_defects: namedDefectsOf(holding, plant),
  };
}

function knownProduct(plant: PlantIndex, product: string): string | undefined {
  return plant.products.has(product) ? product : undefined;
}

/** What machines were doing as people said it, those on top last. */
export function stateStretches(holding: readonly Entry[]): Stretch<CanonicalState | undefined>[] {
  return asEntered(entriesOf(holding, 'state')).map(({ from_ns, to_ns = from_ns, statement }) => ({
    from_ns,
    to_ns,
    value: statement.state,
  }));
}

/**
 * Reasons as people named them, over what controllers called them. Where somebody says what a machine did and not
 * why, the controller's word for what it did instead does not stay.
 */
export function reasonsWith(
  reasons: readonly Step<string | undefined>[],
  holding: readonly Entry[],
): Step<string | undefined>[] {
  const named = asEntered(entriesOf(holding, 'state', 'stop_reason')).map(
    ({ from_ns, to_ns = from_ns, statement }) => ({ from_ns, to_ns, value: statement.reason_code }),
  );
  const nameless = named.filter(({ value }) => value === undefined);
  const codes = named.filter(({ value }) => value !== undefined);
  return laidOver(reasons, [...nameless, ...codes], undefined);
}

type Rising = Extract<Signal, { measurement: 'count' | 'energy' }>;

/** Facts of counters or registers, which stand in the order of their signals, with the readings that people took. */
function withReadings<F extends RisingFacts, S extends Rising>(
  facts: readonly F[],
  signals: readonly (readonly [id: string, signal: S])[],
  holding: readonly Entry[],
  amountOf: (value: Value, signal: S) => bigint | undefined,
): F[] {
  const entered = entriesOf(holding, 'register_exchange', 'register_reading');
  return facts.map((rising, i) => {
    const [id, signal] = signals[i] ?? [];
    const readings = entered.flatMap(({ from_ns: at_ns, statement }): Reading[] => {
      if (signal === undefined || statement.signal !== id) return [];
      const read = (value: number, anew?: true): Reading[] => {
        const amount = amountOf(value, signal);
        return amount === undefined ? [] : [{ at_ns, value: amount, ...(anew && { anew }) }];
      };
      if (statement.kind === 'register_reading') return read(statement.value);
      return [...read(statement.last), ...read(statement.first, true)];
    });
    if (readings.length === 0) return rising;
    // An exchange says what both meters showed then; which of them was read at that instant nobody knows.
    const exchanged = new Set(readings.flatMap(({ at_ns, anew }) => (anew ? at_ns : [])));
    const all = [...listOf(rising.readings).filter(({ at_ns }) => !exchanged.has(at_ns)), ...readings];
    return { ...rising, readings: all.sort((a, b) => (a.at_ns < b.at_ns ? -1 : a.at_ns > b.at_ns ? 1 : 0)) };
  });
}

const nanoItems = 1_000_000_000n;

function namedDefectsOf(holding: readonly Entry[], { plant }: PlantIndex): NamedDefects[] {
  const startUp = new Set(scrapCausesOf(plant).flatMap(({ id, start_up }) => (start_up ? id : [])));
  return holding.flatMap(({ from_ns: at_ns, statement }): NamedDefects[] => {
    const said = namedCause(statement);
    if (!said) return [];
    return [{ at_ns, items: BigInt(said.items) * nanoItems, start_up: startUp.has(said.cause) }];
  });
}

function correctionsOf(holding: readonly Entry[]): Correction[] {
  return entriesOf(holding, 'count_correction', 'reclassify').map(({ from_ns: at_ns, statement }) => {
    const items = { good: 0n, scrap: 0n, rework: 0n };
    if (statement.kind === 'reclassify') {
      items[statement.from] -= BigInt(statement.items) * nanoItems;
      items[statement.to] += BigInt(statement.items) * nanoItems;
    } else
      for (const quality of ['good', 'scrap', 'rework'] as const)
        items[quality] += BigInt(statement[quality] ?? 0) * nanoItems;
    return { at_ns, ...items };
  });
}
