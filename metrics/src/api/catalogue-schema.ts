import { gapReasons, kpiIds, stageNames, stageStates } from '@benchline/model';
import { z } from 'zod';
import { apiStates, figureStatuses, LocalName } from './schemas.ts';

export const Catalogue = z
  .object({
    kpis: z.array(
      z.object({
        id: z.enum(kpiIds),
        name: LocalName,
        unit: z.string(),
        direction: z.enum(['up', 'down', 'none']),
        formula: z.string(),
        source: z.string(),
        texts: z
          .object({ formula: LocalName, source: LocalName, unit: LocalName })
          .describe('The same in the languages of people, with the unit as it is written'),
        version: z.int().describe('Of the formula'),
        inputs: z.array(z.string()).describe('Names of the sums that it is computed from'),
        decimals: z.int(),
        example: z.object({ calculation: z.string(), value: z.number() }),
      }),
    ),
    formulas: z
      .array(z.object({ id: z.string(), version: z.int(), text: LocalName }))
      .describe('Of figures beside these: of energy, quality and losses, as answers name them'),
    inputs: z
      .array(z.object({ id: z.string(), name: LocalName }))
      .describe('What the sums are called that figures are computed from'),
    states: z.array(
      z.object({
        id: z.enum(apiStates),
        name: LocalName,
        element: z.string().describe('Time element of ISO 22400-2'),
      }),
    ),
    statuses: z
      .array(z.object({ id: z.enum(figureStatuses), name: LocalName }))
      .describe('What each status of a figure means'),
    gap_reasons: z.array(z.object({ id: z.enum(gapReasons), name: LocalName })),
    stages: z.array(
      z.object({
        id: z.enum(stageNames),
        name: LocalName,
        hint: LocalName.describe('What to do when it stands still'),
      }),
    ),
    stage_states: z.array(z.object({ id: z.enum(stageStates), name: LocalName })),
  })
  .meta({ id: 'Catalogue' });
