import type { Asset, Product } from '@benchline/model';
import { busySpans, type Span } from './busy.ts';
import { dayEnergy } from './energy.ts';
import type { DayEvent } from './event.ts';
import { gaugeItems } from './gauge.ts';
import { instantOf, type LocalDate, nextDate } from './local-day.ts';
import { Random } from './random.ts';

const minute = 60_000;
const hour = 60 * minute;

/** Mean running time between mishaps, ms, and how long they take, ms. */
const mishaps = [
  { state: 'Held', every: 7 * minute, from: 5000, to: minute, burst: 0 },
  { state: 'Suspended', every: 45 * minute, from: minute / 2, to: 5 * minute, burst: 0 },
  { state: 'Aborted', every: 4 * hour, from: 3 * minute, to: 25 * minute, burst: 10 },
  // Not a stop but a spoiled setting: only the scrap tells.
  { state: undefined, every: 6 * hour, from: 0, to: 0, burst: 15 },
] as const;
const scrapRatio = { usual: 0.012, burst: 0.45 };
const maintenanceChance = 0.15;
const orderlessChance = 0.3;

/**
 * One day of a synthetic machine, from local midnight to local midnight: a pure function of its arguments. Work is
 * only done when the machine's calendar plans it; the machine makes orders of changing products, with changeovers,
 * short stops, waiting, faults and bursts of scrap.
 */
export function day(seed: string, asset: Asset, products: readonly Product[], date: LocalDate): DayEvent[] {
  const zone = asset.time_zone;
  const whole = { from: instantOf(zone, date, 0), to: instantOf(zone, nextDate(date), 0) };
  const stream = (name: string) => new Random(`${seed}/${asset.id}/${name}`);
  const player = new DayPlayer(stream(date), products, `${asset.id}-${date}`, whole.from);
  for (const span of busySpans(asset.calendar, zone, date)) {
    player.idleUntil(span.from);
    player.work(span);
  }
  player.idleUntil(whole.to);
  gaugeItems(player.events, stream(`${date}/gauge`));
  const rated_w = stream('rating').whole(30, 180) * 100;
  const energy = dayEnergy(player.events, whole, { rated_w, noise: stream(`${date}/power`) });
  return [...player.events, ...energy].sort((a, b) => a.time_ms - b.time_ms);
}

interface Order {
  id: string;
  product: Product;
  /** Items still to make. */
  left: number;
  /** Cycle time as a multiple of the planned one. */
  pace: number;
}

class DayPlayer {
  readonly events: DayEvent[] = [];
  readonly #random: Random;
  readonly #products: readonly Product[];
  readonly #name: string;
  #now: number;
  #orders = 0;
  #order: Order | undefined;
  #lastProduct: Product | undefined;
  #burst = 0;
  #maintained = false;

  constructor(random: Random, products: readonly Product[], name: string, now: number) {
    this.#random = random;
    this.#products = products;
    this.#lastProduct = products[0];
    this.#name = name;
    this.#now = now;
  }

  idleUntil(time: number): void {
    if (time > this.#now) this.#spend('Idle', time - this.#now, time);
  }

  work({ to }: Span): void {
    if (!this.#maintained && this.#random.chance(maintenanceChance))
      this.#spend('Maintenance', this.#random.between(20 * minute, 40 * minute), to);
    this.#maintained = true;
    while (this.#now < to) {
      const order = this.#order;
      if (order && order.left > 0) this.#makeItem(order, to);
      else this.#changeOver(to);
    }
  }

  #changeOver(limit: number): void {
    const product = this.#random.pick(this.#products);
    if (!product) return this.idleUntil(limit);
    if (this.#order && this.#random.chance(orderlessChance)) {
      this.#order = undefined;
      this.#spend('Idle', this.#random.between(2 * minute, 8 * minute), limit);
    }
    this.#orders += 1;
    const span = this.#random.between(1.5 * hour, 3.5 * hour);
    this.#order = {
      id: `${this.#name}-${this.#orders}`,
      product,
      left: Math.max(10, Math.round(span / (product.planned_run_time_per_item_s * 1000))),
      pace: this.#random.between(1.0, 1.08),
    };
    if (this.#now < limit) this.#spend('Setup', this.#random.between(6 * minute, 18 * minute), limit);
  }

  #makeItem(order: Order, limit: number): void {
    const planned = order.product.planned_run_time_per_item_s * 1000;
    for (const { state, every, from, to, burst } of mishaps) {
      if (!this.#random.chance(planned / every)) continue;
      if (burst > 0) this.#burst = this.#random.whole(3, burst);
      if (state && this.#now < limit) this.#spend(state, this.#random.between(from, to), limit);
    }
    const done = this.#now + Math.round(planned * order.pace * this.#random.between(0.97, 1.05));
    if (this.#now >= limit) return;
    this.#spend('Execute', done - this.#now, limit);
    // What the end of a shift cuts short is not finished, nor counted.
    if (done > limit) return;
    const spoiled = this.#random.chance(this.#burst > 0 ? scrapRatio.burst : scrapRatio.usual);
    this.#burst = Math.max(0, this.#burst - 1);
    order.left -= 1;
    this.events.push({ time_ms: done, item: spoiled ? 'scrap' : 'good' });
  }

  #spend(state: string, span: number, limit: number): void {
    const order = this.#order;
    const product = order?.product ?? this.#lastProduct;
    this.#lastProduct = product;
    const begins = { state, product: product?.id ?? '', order: order?.id ?? '', power_w: 0 };
    this.events.push({ time_ms: this.#now, begins });
    this.#now = Math.min(limit, this.#now + Math.max(1, Math.round(span)));
  }
}
