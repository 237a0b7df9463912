import { canonicalStates, factorBases, gridRegions, Slug, tariffBands } from '@benchline/model';
import { z } from 'zod';
import { alarmStates, warningReasons } from '../energy/alarms.ts';
import { energyStatuses } from './energy-wording.ts';
import { Evidence, Instant, LocalName } from './schemas.ts';

/** What the energy routes answer. */

const EnergyUnitView = z.enum(['kWh', 'm3', 'kg']).describe('Unit in which amounts of the carrier are kept');
export const EnergyStatusView = z.enum(energyStatuses);
const EnergyFigure = z
  .object({
    value: z.number().optional().describe('Absent unless status is ok or partial: absent is not zero'),
    status: EnergyStatusView,
    unit: z.string(),
    lower: z.number().optional(),
    upper: z.number().optional(),
  })
  .meta({ id: 'EnergyFigure' });

export const spanOf = { from: Instant, to: Instant };
export const askedOf = {
  scope: z.string(),
  ...spanOf,
  time_zone: z.string().describe('IANA time zone in which days of this scope are cut'),
};
/** What was asked, and what the answer rests on. */
export const answerOf = { ...askedOf, evidence: Evidence };
/** Of one carrier, with the unit that its amounts are in. */
export const carrierOf = { carrier: Slug, unit: EnergyUnitView };
const FactorView = z.object({
  value: z.number().describe('For one unit of the carrier'),
  unit: z.string(),
  source: z.string(),
  source_zh: z.string().optional().describe('The same in Chinese, of published factors'),
});

export const EnergyCatalogue = z
  .object({
    factor_sets: z.array(
      z.object({
        id: z.string(),
        name: LocalName,
        basis: z.enum(factorBases).describe('calorific 当量值, equivalent 等价值'),
        region: z.string(),
        source: z.string(),
        source_zh: z.string(),
        valid_from: z.iso.date(),
        valid_to: z.iso.date().optional(),
        factors: z.array(
          z.object({
            carrier: Slug,
            unit: z.string(),
            kgce_per_unit: z.number(),
            note: z.string().optional(),
          }),
        ),
      }),
    ),
    grid: z.array(
      z.object({
        region: z.enum(gridRegions),
        year: z.int(),
        co2_kg_per_kwh: z.number(),
        source: z.string(),
        source_zh: z.string(),
      }),
    ),
    in_use: z.object({
      factor_set: z.string(),
      grid: z.object({ region: z.enum(gridRegions), year: z.int() }),
    }),
    baselines: z
      .array(z.object({ id: Slug, name: LocalName, scope: z.string(), carrier: Slug }))
      .describe('Of the plant file'),
    statuses: z.array(z.object({ id: EnergyStatusView, name: LocalName })),
    bands: z.array(z.object({ id: z.enum(tariffBands), name: LocalName })),
    alarm_states: z.array(z.object({ id: z.enum(alarmStates), name: LocalName })),
    warnings: z.array(z.object({ id: z.enum(warningReasons), name: LocalName })),
    balance_states: z.array(
      z.object({ id: z.enum(['balanced', 'unbalanced', 'incomplete']), name: LocalName }),
    ),
  })
  .meta({ id: 'EnergyCatalogue' });

export const EnergySummary = z
  .object({
    ...answerOf,
    factor_set: z.string().describe('Id of the factor set; factors of the plant itself go before it'),
    basis: z.enum(factorBases),
    comprehensive_energy: EnergyFigure.describe('综合能耗 in kgce'),
    by_basis: z
      .array(
        z.object({
          factor_set: z.string(),
          name: LocalName,
          basis: z.enum(factorBases),
          comprehensive_energy: EnergyFigure,
          comprehensive_energy_per_good_item: EnergyFigure,
        }),
      )
      .describe('The same by each set of the edition in use: by calorific and by equivalent value'),
    co2: EnergyFigure.describe('In kg'),
    comprehensive_energy_per_good_item: EnergyFigure.describe('单位产品综合能耗 in kgce/item'),
    comprehensive_energy_per_output_value: EnergyFigure.describe('单位产值综合能耗 in tce for 10 000 CNY'),
    comprehensive_energy_per_value_added: EnergyFigure.describe('单位增加值综合能耗 in tce for 10 000 CNY'),
    declared: z
      .object({ price_basis: z.array(z.string()), sources: z.array(z.string()) })
      .optional()
      .describe('Of the output values that people declared for exactly this window'),
    carriers: z.array(
      z.object({
        carrier: Slug,
        name: LocalName,
        unit: EnergyUnitView,
        import: z.number(),
        export: z.number(),
        net: z.number().describe('import − export'),
        status: z.enum(['ok', 'partial']).describe('partial: some register of it was not read'),
        counted: z.boolean().describe('false: made in this scope of other carriers, not counted twice'),
        kgce: z.number().optional(),
        kgce_factor: FactorView.optional().describe(
          'Absent without one, and where it changed within the window',
        ),
        co2_kg: z.number().optional(),
        co2_factor: FactorView.optional(),
      }),
    ),
    not_read: z.array(Slug).describe('Carriers that the scope has registers of, none of which was read'),
  })
  .meta({ id: 'EnergySummary' });

const Share = z.number().nullable().describe('Share of total; null when that is 0');
export const EnergyByState = z
  .object({
    ...answerOf,
    ...carrierOf,
    total: z.number().describe("Energy of the scope's machines that report states"),
    idle_share: EnergyFigure.describe(
      'Energy while powered and neither producing nor in setup, of all energy while powered',
    ),
    states: z.array(
      z.object({
        state: z.enum([...canonicalStates, 'unattributed']),
        name: LocalName,
        amount: z.number(),
        share: Share,
      }),
    ),
    products: z.array(
      z.object({
        product: Slug.optional().describe('Absent for energy without a known product'),
        amount: z.number(),
        share: Share,
        items: z.number().optional().describe('Made of it in observed, planned busy time'),
      }),
    ),
    orders: z.array(z.object({ order: z.string(), amount: z.number() })).describe('The largest 200'),
    machines: z.array(
      z.object({
        machine: Slug,
        name: LocalName,
        total: z.number(),
        unattributed: z.number(),
        idle_share: EnergyFigure,
      }),
    ),
  })
  .meta({ id: 'EnergyByState' });

export const EnergyCosts = z
  .object({
    ...answerOf,
    ...carrierOf,
    sites: z.array(
      z.object({
        site: Slug,
        status: EnergyStatusView,
        tariff: Slug.optional(),
        currency: z.string().optional(),
        cost: z.number().optional(),
        amount: z.number().optional(),
        bands: z.array(
          z.object({
            band: z.enum(tariffBands),
            name: LocalName,
            hours: z.number(),
            amount: z.number(),
            cost: z.number(),
          }),
        ),
        unpriced: z.array(z.object(spanOf)).describe('Time before the first version of the tariff'),
      }),
    ),
  })
  .meta({ id: 'EnergyCosts' });

export const MeterBalance = z
  .object({
    ...answerOf,
    feeders: z.array(
      z.object({
        meter: Slug,
        carrier: Slug,
        unit: EnergyUnitView,
        status: z.enum(['balanced', 'unbalanced', 'incomplete']),
        name: LocalName.describe('The status'),
        amount: z.number().optional().describe('Absent when it was not read'),
        sum: z.number().describe('Of those behind it that were read'),
        remainder: z.number().optional().describe('amount − sum; absent while a meter was not read'),
        tolerance: z.number(),
        parts: z.array(z.object({ meter: Slug, amount: z.number().optional() })),
      }),
    ),
  })
  .meta({ id: 'MeterBalance' });
