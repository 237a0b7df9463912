import { z } from 'zod';
import { Slug } from '../slug.ts';
import { LocalDate } from './calendar.ts';
import { plannedScrapRatio } from './means.ts';
import { Name } from './name.ts';
import { versionOn } from './versions.ts';

const plans = {
  planned_run_time_per_item_s: z
    .number()
    .positive()
    .describe('PRI of ISO 22400-2, seconds per item on one machine'),
  planned_scrap_ratio: plannedScrapRatio,
};

export const Product = z.strictObject({
  id: Slug.describe('What machines, orders and the product signal name'),
  name: Name,
  ...plans,
  versions: z
    .array(
      z.strictObject({
        valid_from: LocalDate.describe('First date on which it holds; the version before ends there'),
        ...plans,
      }),
    )
    .default([])
    .describe(
      'Later plans, each from a date on. Add one instead of changing a run time: figures of the past then stay',
    ),
});
export type Product = z.output<typeof Product>;
export type ProductPlan = Pick<Product, 'planned_run_time_per_item_s' | 'planned_scrap_ratio'>;

/** The start of the version of a product that is in force on a local date; undefined before the first of them. */
export function productVersionOn({ versions }: Product, date: string): string | undefined {
  return versionOn(versions, date)?.valid_from;
}

/** @param version as `productVersionOn` says it. */
export function productPlan(product: Product, version: string | undefined): ProductPlan {
  return product.versions.find(({ valid_from }) => valid_from === version) ?? product;
}
