import { z } from 'zod';
import { type FactorSetId, factorSetIds } from '../energy/factors.ts';
import { gridRegions } from '../energy/grid-co2.ts';
import { energyUnits } from '../energy/units.ts';
import { Slug } from '../slug.ts';
import { ClockTime, LocalDate, weekdays } from './calendar.ts';
import { Currency } from './currency.ts';
import { Name } from './name.ts';

const defaultSet: FactorSetId = 'gb-t-2589-2020';
const ScopePath = z.string().min(1).max(400);
const amount = z.number().positive();

/** The energy signal of a machine or meter: fields that other measurements do not have. */
export const registerUnit = z
  .enum(energyUnits)
  .default('kWh')
  .describe('Unit of the register. A carrier is counted in units of energy, of volume (m3) or of mass');
export const apportionWithin = z
  .number()
  .min(0)
  .max(3600)
  .optional()
  .describe(
    'Energy between two readings that are at most so many seconds apart is divided by time among the states between them; unless given it stays unattributed',
  );

const Factor = z.strictObject({
  carrier: Slug.describe('Energy carrier that the factor is for, as signals name it'),
  unit: z.enum(energyUnits).describe('Unit of the carrier that the factor is for'),
  kgce_per_unit: amount.optional().describe('Kilograms of standard coal in one unit'),
  co2_kg_per_unit: z.number().min(0).optional().describe('Kilograms of CO₂ for one unit'),
  source: z.string().min(1).describe('Where the value comes from: a measurement, a supplier, a notice'),
  valid_from: LocalDate.optional().describe(
    'First date on which it holds; always, unless given. A window over the day is converted in two parts',
  ),
  valid_to: LocalDate.optional().describe('First date on which it no longer holds'),
});
export type OwnFactor = z.output<typeof Factor>;

const Carrier = z.strictObject({
  id: Slug.describe('Energy carrier, as signals name it'),
  name: Name,
  made_by: z
    .array(Slug)
    .default([])
    .describe(
      'Lines, machines or meters that make it on site, of other carriers. A scope with one of them in it does not count it again',
    ),
});

export type Carrier = z.output<typeof Carrier>;

const Feeder = z.strictObject({
  meter: Slug.describe('Id of a meter, a machine with a register, or a virtual meter'),
  feeds: z
    .array(Slug)
    .min(1)
    .describe('Meters, machines and virtual meters behind it; where it counts, they are not added to it'),
  carrier: Slug.default('electricity').describe('Energy carrier that it feeds'),
  tolerance: z
    .number()
    .min(0)
    .max(1)
    .default(0.02)
    .describe('Share of its amount that those behind it may differ by'),
});
export type Feeder = z.output<typeof Feeder>;

const VirtualMeter = z.strictObject({
  id: Slug.describe('Unique among machines, meters and virtual meters'),
  name: Name,
  add: z.array(Slug).min(1).describe('Meters and machines whose amounts are added'),
  subtract: z.array(Slug).default([]).describe('Meters and machines whose amounts are taken off'),
});
export type VirtualMeter = z.output<typeof VirtualMeter>;

/** 尖, 峰, 平, 谷, 深谷 */
export const tariffBands = ['sharp', 'peak', 'flat', 'valley', 'deep_valley'] as const;
export type TariffBand = (typeof tariffBands)[number];

const TariffPeriod = z.strictObject({
  band: z.enum(tariffBands).describe('尖 sharp, 峰 peak, 平 flat, 谷 valley, 深谷 deep_valley'),
  months: z.array(z.int().min(1).max(12)).min(1).optional().describe('Months of the year; all unless given'),
  days: z.array(z.enum(weekdays)).min(1).optional().describe('Weekdays; all unless given'),
  start: ClockTime.describe('Local time at which it begins'),
  end: ClockTime.describe(
    'Local time at which it ends; not later than start means over midnight, both parts by months and days of their own date',
  ),
});
export type TariffPeriod = z.output<typeof TariffPeriod>;

const TariffVersion = z.strictObject({
  valid_from: LocalDate.describe('First date on which it holds; the version before ends there'),
  prices: z
    .partialRecord(z.enum(tariffBands), z.number())
    .describe('Price of one unit in each band that occurs'),
  otherwise: z.enum(tariffBands).default('flat').describe('The band of all times that no period covers'),
  periods: z
    .array(TariffPeriod)
    .default([])
    .describe('When other bands hold. Of several that cover an instant the first counts'),
});
export type TariffVersion = z.output<typeof TariffVersion>;

const Tariff = z.strictObject({
  id: Slug.describe('Unique among tariffs'),
  name: Name,
  carrier: Slug.default('electricity').describe('Energy carrier that it prices'),
  sites: z.array(Slug).min(1).optional().describe('Sites that it holds for; all unless given'),
  currency: Currency.default('CNY').describe('ISO 4217'),
  versions: z
    .array(TariffVersion)
    .min(1)
    .describe('Add one instead of changing one: costs of the past then stay'),
});
export type Tariff = z.output<typeof Tariff>;

export const limitMeasures = ['energy', 'energy_per_good_item'] as const;
export const limitPeriods = ['hour', 'day', 'week', 'month'] as const;
export type LimitPeriod = (typeof limitPeriods)[number];

const Limit = z.strictObject({
  id: Slug.describe('Unique among limits; alarms are named by it'),
  name: Name,
  scope: ScopePath.describe('enterprise[/site[/area[/line[/machine]]]] by ids'),
  carrier: Slug.default('electricity').describe('Energy carrier that is limited'),
  measure: z
    .enum(limitMeasures)
    .default('energy')
    .describe('An amount over the period, or an amount for each good item of the period'),
  period: z.enum(limitPeriods).describe('Over which local hour, day, week (from Monday) or month it holds'),
  max: amount.describe('What may not be exceeded, in kWh, m3 or kg'),
  warn_from: z
    .number()
    .positive()
    .max(1)
    .default(0.9)
    .describe('Share of max from which on there is a warning, forecast or not'),
  valid_from: LocalDate.optional().describe('First date on which it holds; always, unless given'),
});
export type Limit = z.output<typeof Limit>;

export const baselineVariables = ['good_items', 'items', 'production_h', 'planned_h'] as const;
export type BaselineVariable = (typeof baselineVariables)[number];

const Baseline = z.strictObject({
  id: Slug.describe('Unique among baselines'),
  name: Name,
  scope: ScopePath.describe('enterprise[/site[/area[/line[/machine]]]] by ids'),
  carrier: Slug.default('electricity').describe('Energy carrier'),
  model: z
    .enum(['ratio', 'regression'])
    .default('regression')
    .describe('Energy for each unit of the variable, or base load plus slopes by least squares'),
  variables: z
    .array(z.enum(baselineVariables))
    .min(1)
    .max(2)
    .default(['good_items'])
    .describe('What energy depends on; a ratio takes one'),
  grain: z.enum(['shift', 'day']).default('day').describe('Periods that are the points of the fit'),
  from: LocalDate.describe('First day of the baseline period'),
  to: LocalDate.describe('First day after the baseline period'),
});
export type Baseline = z.output<typeof Baseline>;

const Output = z.strictObject({
  scope: ScopePath.describe('enterprise[/site[/area[/line]]] by ids'),
  from: LocalDate.describe('First day that the figures are for'),
  to: LocalDate.describe('First day after them'),
  output_value_cny: amount.optional().describe('产值: output value in CNY'),
  value_added_cny: amount.optional().describe('增加值: value added in CNY'),
  price_basis: z.string().min(1).describe('At which prices, such as "current prices 2026"'),
  source: z.string().min(1).describe('Who states it'),
});
export type DeclaredOutput = z.output<typeof Output>;

export const Energy = z.strictObject({
  factor_set: z
    .enum(factorSetIds)
    .default(defaultSet)
    .describe(
      'Conversion to standard coal: edition of GB/T 2589 and basis (当量值, or 等价值 in *-equivalent)',
    ),
  grid: z
    .strictObject({
      region: z.enum(gridRegions).default('national').describe('Region of the grid that supplies the plant'),
      year: z.int().default(2023).describe('Year of the published factor'),
    })
    .prefault({})
    .describe('CO₂ of electricity from the grid'),
  factors: z
    .array(Factor)
    .default([])
    .describe("The plant's own factors; they go before those of the set and of the grid"),
  carriers: z.array(Carrier).default([]).describe('Names of carriers, and which of them are made on site'),
  feeders: z.array(Feeder).default([]).describe('The tree of meters: what is behind what'),
  virtual_meters: z.array(VirtualMeter).default([]).describe('Sums and differences of meters'),
  tariffs: z.array(Tariff).default([]).describe('Prices by time of use (尖峰平谷)'),
  limits: z.array(Limit).default([]).describe('Limits and budgets, with warnings and alarms'),
  baselines: z.array(Baseline).default([]).describe('Energy baselines (ISO 50006)'),
  outputs: z.array(Output).default([]).describe('Declared output, for energy per value'),
});
export type Energy = z.output<typeof Energy>;
