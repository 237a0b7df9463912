import { z } from 'zod';
import type { Problem } from '../config/problem.ts';
import { Slug } from '../slug.ts';
import { LocalDate } from './calendar.ts';
import type { Spot } from './draft.ts';
import { plannedScrapRatio } from './means.ts';
import { Name } from './name.ts';

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
  const starts = versions.map(({ valid_from }) => valid_from).filter((start) => start <= date);
  return starts.toSorted().at(-1);
}

/** @param version as `productVersionOn` says it. */
export function productPlan(product: Product, version: string | undefined): ProductPlan {
  return product.versions.find(({ valid_from }) => valid_from === version) ?? product;
}

/** Versions of one thing that begin on the same date. */
export function sameDateProblems(thing: Spot): Problem[] {
  const starts = new Set<string>();
  return thing.items('versions').flatMap((version): Problem[] => {
    const start = version.text('valid_from');
    if (start === undefined || !starts.has(start)) {
      if (start !== undefined) starts.add(start);
      return [];
    }
    const { path } = version.get('valid_from');
    return [{ path, at: 'value', what: `another version begins on ${start}`, todo: 'keep one of the two' }];
  });
}
