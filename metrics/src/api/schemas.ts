import { canonicalStates, cncBases, controlKinds, gapReasons, kpiIds, Slug } from '@benchline/model';
import { z } from 'zod';
import { grains } from '../figures/periods.ts';

/** Everything the API says, as schemas: the routes check against them and OpenAPI is generated from them. */

export const Instant = z.iso.datetime({ offset: true }).describe('Instant, ISO 8601 in UTC');
export const Seconds = z.number().min(0).describe('Seconds');
export const LocalName = z
  .object({ en: z.string(), zh: z.string() })
  .describe('Display name; Chinese repeats the English name where the plant file has none');

/** Why a figure has no value, or how good the value is. */
export const figureStatuses = [
  'ok',
  'partial',
  'no_planned_time',
  'not_observed',
  'no_items',
  'no_production',
  'no_failures',
  'no_maintenance',
  'no_meter',
  'no_factor',
  'no_key_processes',
  'no_orders',
  'not_declared',
  'not_applicable',
] as const;

export const Figure = z
  .object({
    value: z.number().optional().describe('Absent unless status is ok or partial: absent is not zero'),
    status: z.enum(figureStatuses),
    unit: z.string().describe("As in the catalogue; '%' figures are fractions here (0.75)"),
    decimals: z
      .int()
      .describe(
        'Digits after the point on screens (after conversion to %). The value itself is not rounded: it is worked out in doubles from exact sums, so its last few digits are not exact',
      ),
    formula: z.string().describe('Id and version of the formula in the catalogue, such as oee@1'),
    basis: z
      .enum(['measured', 'declared'])
      .describe('declared: some input was stated by a person or a register, not measured'),
    inputs: z
      .record(z.string(), z.number())
      .describe('The sums that it was computed from, as far as they are known; names carry their unit'),
    lower: z.number().optional().describe('Least possible value, had nothing good happened while unobserved'),
    upper: z.number().optional().describe('Greatest possible value, had all unobserved time gone to plan'),
  })
  .meta({ id: 'Figure' });

export const oeeProfiles = ['iso22400', 'nakajima'] as const;
export type OeeProfile = (typeof oeeProfiles)[number];

const Told = z.number().nullable();

export const KpiResult = z
  .object({
    scope: z.string().describe('enterprise[/site[/area[/line[/machine]]]] by ids'),
    from: Instant,
    to: Instant,
    time_zone: z.string().describe('IANA time zone in which days and shifts of this scope are cut'),
    grain: z.enum(grains).optional().describe('Set in lists'),
    shift: z
      .object({ id: Slug, name: LocalName, date: z.iso.date().describe('Local date on which it began') })
      .optional()
      .describe('Which shift this is, when grain is shift'),
    oee_profile: z.enum(oeeProfiles).describe('Which factors OEE is cut into; their product is the same OEE'),
    oee_factors: z
      .array(z.enum(kpiIds))
      .describe('Availability, performance and quality of the profile, by their ids in figures'),
    figures: z
      .partialRecord(z.enum(kpiIds), Figure)
      .describe('All figures, or those that were asked for with the factors of OEE'),
    elements: z.object({
      planned_s: Seconds.describe(
        'PBT up to now: shifts without breaks, less maintenance that was planned or seen in them',
      ),
      observed_s: Seconds.describe('Part of planned_s with a known state: APT + AUST + ADET + ADOT'),
      apt_s: Seconds.describe('APT: producing'),
      aust_s: Seconds.describe('AUST: setup'),
      adet_s: Seconds.describe('ADET: waiting, short stops, faults under an order'),
      adot_s: Seconds.describe('ADOT: no order, faults without an order'),
      pmt_s: Seconds.describe(
        'PMT: maintenance within shifts, by the calendar or as seen; not part of planned_s',
      ),
      unobserved_s: Seconds.describe('planned_s − observed_s: nobody looked, or the state was unknown'),
    }),
    counts: z
      .object({ items: Told, good_items: Told, scrap_items: Told, rework_items: Told })
      .describe(
        'Counter differences over the whole window, gaps included; null where no counter or entry told any',
      ),
    energy: z
      .object({ import_kwh: Told, export_kwh: Told })
      .describe(
        'Electricity: register differences over the whole window, gaps included; null where no meter told any',
      ),
    carriers: z
      .record(
        z.string(),
        z.object({
          unit: z.enum(['kWh', 'm3', 'kg']),
          import: z.number(),
          export: z.number(),
          import_kwh: z.number().optional().describe('Where the unit is kWh'),
          export_kwh: z.number().optional().describe('Where the unit is kWh'),
        }),
      )
      .describe('The same for every energy carrier that a meter told of, in the unit in which it is kept'),
    coverage: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .describe('observed_s ÷ planned_s; null without planned time'),
    provisional: z
      .boolean()
      .describe(
        'Data may still come, the figures are not published yet, or they differ from the published revision, which the next one will mend',
      ),
    revision: z
      .int()
      .min(0)
      .nullable()
      .describe(
        'Of a whole hour, shift or day: the published revision, 0 before the first; null for other windows, which are not published',
      ),
  })
  .meta({ id: 'KpiResult' });
export type KpiResult = z.output<typeof KpiResult>;

/** What an answer rests on whose figures are not those of the catalogue. Its numbers are not rounded. */
export const Evidence = z
  .object({
    formulas: z
      .record(z.string(), z.string())
      .describe(
        'Formula and version of each figure, by its field; /api/v1/catalogue says the formulas. Sums are whole 10⁻⁹ units, divided once and not rounded',
      ),
    declared: z
      .array(z.string())
      .describe('Fields that rest on something that people declared; all others are measured'),
    coverage: KpiResult.shape.coverage,
    provisional: KpiResult.shape.provisional,
    revision: KpiResult.shape.revision,
  })
  .meta({ id: 'Evidence' });

export const apiStates = [...canonicalStates, 'unobserved'] as const;

export const NextCursor = z
  .string()
  .optional()
  .describe('There is more: ask again with it as `cursor`. Absent on the last page');

/** The hours, shifts or days that overlap the asked window, whole, by start. */
export const KpiList = z
  .object({
    scope: z.string(),
    grain: z.enum(grains),
    time_zone: z.string(),
    results: z.array(KpiResult),
    next_cursor: NextCursor,
  })
  .meta({ id: 'KpiList' });

/** Results of several scopes: scope by scope as they were asked for, each by start. */
export const KpiTable = z
  .object({ results: z.array(KpiResult), next_cursor: NextCursor })
  .meta({ id: 'KpiTable' });

/** What key figures are answered as: of one window, of its periods, or of several scopes. */
export const KpiAnswer = z.union([KpiResult, KpiList, KpiTable]);

export const StateList = z
  .object({
    machine: Slug,
    from: Instant,
    to: Instant.describe('End of what is known: the asked end, or now'),
    states: z.array(
      z.object({
        from: Instant,
        to: Instant,
        state: z.enum(apiStates),
        native: z.string().optional().describe('What the controller said'),
        reason_code: z.string().optional().describe('Why, as a person named it: a stop reason'),
      }),
    ),
  })
  .meta({ id: 'StateList' });

export const StateLists = z.object({ machines: z.array(StateList) }).meta({ id: 'StateLists' });

const Share = z.number().min(0).max(1);

export const CncRatio = z
  .object({
    scope: z.string(),
    from: Instant,
    to: Instant,
    time_zone: z.string().describe('IANA time zone in which days of this scope are cut'),
    basis: z
      .enum(cncBases)
      .describe(
        'What is counted: key processes, their stations, or the value of these. A region takes the mean of its enterprises, which is not computed here',
      ),
    currency: z.string().optional().describe('Of the asset values'),
    declared: Figure,
    connected: Figure,
    active: Figure,
    processes: z.array(
      z.object({
        id: Slug,
        name: LocalName,
        line: Slug,
        rule: z.enum(['any', 'all', 'fraction']),
        declared: Share,
        connected: Share,
        active: Share,
        machines: z.array(
          z.object({
            id: Slug,
            name: LocalName,
            control: z.enum(controlKinds),
            controller: z.string().optional(),
            asset_value: z
              .number()
              .optional()
              .describe('In the currency; absent when the plant file does not state it'),
            connected: z.boolean().describe('A controller was watched in the period'),
            active: z.boolean().describe('It produced in the period'),
            last_seen: Instant.optional().describe('Last instant of the period at which it was watched'),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'CncRatio' });

export const Gap = z
  .object({
    machine: Slug,
    source: z.string(),
    from: Instant,
    to: Instant,
    from_ns: z.string().describe('The same in nanoseconds since 1970'),
    to_ns: z.string(),
    reason: z.enum(gapReasons),
  })
  .meta({ id: 'Gap' });

export const GapList = z.object({ machine: Slug, gaps: z.array(Gap) }).meta({ id: 'GapList' });

const AssetNode = z.object({ id: Slug, name: LocalName, scope: z.string(), type: Slug });

export const PlantView = z
  .object({
    enterprise: z.object({
      id: Slug,
      name: LocalName,
      scope: z.string(),
      sites: z.array(
        z.object({
          id: Slug,
          name: LocalName,
          scope: z.string(),
          time_zone: z.string(),
          areas: z.array(
            z.object({
              id: Slug,
              name: LocalName,
              scope: z.string(),
              lines: z.array(
                z.object({
                  id: Slug,
                  name: LocalName,
                  scope: z.string(),
                  machines: z.array(
                    AssetNode.extend({
                      control: z.enum(controlKinds),
                      controller: z.string().optional(),
                      product: Slug.optional(),
                      planned: z
                        .boolean()
                        .describe('Whether the machine reports states, so that time figures exist for it'),
                    }),
                  ),
                  meters: z.array(AssetNode),
                }),
              ),
            }),
          ),
        }),
      ),
    }),
    products: z.array(z.object({ id: Slug, name: LocalName, planned_run_time_per_item_s: z.number() })),
    stop_reasons: z.array(z.object({ id: Slug, name: LocalName })).describe('Why machines stop'),
    scrap_causes: z.array(z.object({ id: Slug, name: LocalName })).describe('Why items are scrap'),
    processes: z.array(
      z.object({ id: Slug, name: LocalName, key: z.boolean(), line: Slug, machines: z.array(Slug) }),
    ),
  })
  .meta({ id: 'PlantView' });
