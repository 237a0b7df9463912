import { kpiIds, Slug } from '@benchline/model';
import { z } from 'zod';
import { grains } from '../figures/periods.ts';
import { Figure, figureStatuses, Instant, KpiResult, LocalName, NextCursor } from './schemas.ts';

/** Key figures beside each other. */

const Shift = z.object({ id: Slug, name: LocalName, date: z.iso.date() });

/** One key figure of a scope over its hours, shifts or days. */
export const Series = z
  .object({
    scope: z.string(),
    kpi: z.enum(kpiIds),
    unit: z.string(),
    decimals: z.int(),
    formula: z.string(),
    grain: z.enum(grains),
    time_zone: z.string(),
    points: z.array(
      z.object({
        from: Instant,
        to: Instant,
        shift: Shift.optional(),
        value: Figure.shape.value,
        status: Figure.shape.status,
        basis: Figure.shape.basis,
        lower: Figure.shape.lower,
        upper: Figure.shape.upper,
        coverage: KpiResult.shape.coverage,
        provisional: z.boolean(),
        revision: KpiResult.shape.revision,
      }),
    ),
    next_cursor: NextCursor,
  })
  .meta({ id: 'Series' });

export const Comparison = z
  .object({
    sides: z
      .array(
        KpiResult.omit({ grain: true, shift: true }).extend({
          shift: Shift.omit({ date: true })
            .optional()
            .describe(
              'Set when windows are split by shift: all shifts of this name that begin in the window, as one',
            ),
          shifts: z.int().optional().describe('How many shifts these are'),
          parts: z
            .array(z.object({ from: Instant, to: Instant }))
            .optional()
            .describe('Which shifts these are'),
          periods: z
            .array(
              KpiResult.pick({
                from: true,
                to: true,
                shift: true,
                figures: true,
                coverage: true,
                provisional: true,
                revision: true,
              }),
            )
            .optional()
            .describe('With a grain: each whole hour, shift or day that overlaps the side'),
        }),
      )
      .describe('Scope by scope, window by window, shift by shift'),
    differences: z
      .array(
        z.object({
          side: z.int().describe('Index in sides'),
          figures: z.partialRecord(
            z.enum(kpiIds),
            z.object({
              difference: z.number().optional().describe('Value of this side − value of the first side'),
              ratio: z
                .number()
                .optional()
                .describe('Difference ÷ value of the first side; absent when that is 0'),
              status: z
                .enum(figureStatuses)
                .describe('Why there is none: the reason of the side that has no value'),
            }),
          ),
        }),
      )
      .describe('Every side but the first, against the first'),
  })
  .meta({ id: 'Comparison' });
