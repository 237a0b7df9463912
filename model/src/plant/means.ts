import { z } from 'zod';
import type { Problem } from '../config/problem.ts';
import { Currency } from './currency.ts';
import type { Spot } from './draft.ts';

/** What a machine can make, and what it is worth. */
export const MachineMeans = {
  capacity_items_per_h: z
    .number()
    .positive()
    .optional()
    .describe('Equipment production capacity (EPC of ISO 22400-2) in items per hour of planned busy time'),
  asset_value: z
    .strictObject({
      amount: z.number().positive().describe('Value in the currency'),
      currency: Currency.describe('ISO 4217 code; one for the whole plant'),
    })
    .optional()
    .describe('Original value of the asset, for the CNC ratio on the basis asset_value'),
};

export const plannedScrapRatio = z
  .number()
  .min(0)
  .max(1)
  .optional()
  .describe('Scrap that is planned for, as a fraction of what is produced');

/** Values in several currencies have no sum. */
export function assetValueProblems(machines: readonly Spot[]): Problem[] {
  const currencies = machines.map((machine) => machine.get('asset_value').get('currency'));
  const first = currencies.find((currency) => currency.text() !== undefined)?.text();
  const others = currencies.filter((currency) => currency.text() !== undefined && currency.text() !== first);
  return others.map(({ path }) => ({
    path,
    at: 'value',
    what: `the asset values before are in ${first}`,
    todo: 'state all asset values in one currency',
  }));
}
