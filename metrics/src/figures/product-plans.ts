import {
  type Asset,
  nsFromMs,
  type PlantIndex,
  type ProductPlan,
  productPlan,
  productVersionOn,
} from '@benchline/model';
import type { Account, Rated } from '../accounts/account.ts';
import { dateText } from '../calendar/pattern.ts';
import { localDate, nsOf } from '../calendar/periods.ts';
import { cutAt, type Interval } from '../intervals.ts';

/** A part of a window over which one version of each product is in force. */
interface Era extends Interval {
  /** Local date on which it begins; undefined where products have one version only. */
  date: string | undefined;
}

/**
 * What the plant file plans for products, by the dates on which the plans hold. Sums of what was made are kept by
 * product and version: `shaft`, and `shaft@2026-07-01` from that date on; an id has no @ in it.
 */
export class ProductPlans {
  readonly #products: PlantIndex['products'];
  readonly #dates: readonly string[];

  constructor({ products }: Pick<PlantIndex, 'products'>) {
    this.#products = products;
    const starts = [...products.values()].flatMap(({ versions }) => versions.map((v) => v.valid_from));
    this.#dates = [...new Set(starts)].sort();
  }

  /** Cuts windows of an asset where plans of products change. */
  erasOf(asset: Asset, parts: readonly Interval[]): readonly Era[] {
    if (this.#dates.length === 0) return parts.map((part) => ({ ...part, date: undefined }));
    const starts = this.#dates.map((date) => nsOf(asset.time_zone, Date.parse(date)));
    return parts
      .flatMap((part) => cutAt(part, starts))
      .map((piece): Era => ({ ...piece, date: dateText(localDate(asset.time_zone, piece.from_ns)) }));
  }

  /** An account of one era, with what was made by product and version. */
  byVersion(account: Account, { date }: Era): Account {
    if (date === undefined || account.products.size === 0) return account;
    const versions = [...account.products].map(([id, rated]): [string, Rated] => {
      const product = this.#products.get(id);
      const version = product && productVersionOn(product, date);
      return [version === undefined ? id : `${id}@${version}`, rated];
    });
    return { ...account, products: new Map(versions) };
  }

  /** Planned run time per item (PRI) of a product and version, s; 0 where none is planned. */
  readonly runTime = (key: string): number => this.#plan(key)?.planned_run_time_per_item_s ?? 0;

  /** The same in whole nanoseconds, which is what accounts are kept in. */
  readonly runTimeNs = (key: string): bigint => nsFromMs(this.runTime(key) * 1000);

  /** Planned scrap of a product and version as a fraction of what is produced. */
  readonly plannedScrap = (key: string): number | undefined => this.#plan(key)?.planned_scrap_ratio;

  #plan(key: string): ProductPlan | undefined {
    const [id = '', version] = key.split('@');
    const product = this.#products.get(id);
    return product && productPlan(product, version);
  }
}

/** Items of a product, of all its versions; undefined when none was made in rated time. */
export function itemsOfProduct({ products }: Account, id: string): bigint | undefined {
  const made = [...products].filter(([key]) => key === id || key.startsWith(`${id}@`));
  return made.length === 0 ? undefined : made.reduce((sum, [, { items }]) => sum + items, 0n);
}
