import { Slug } from '@benchline/model';
import { z } from 'zod';
import { lossBars, waterfallNotes } from '../losses/waterfall.ts';
import { apiStates, Evidence, Instant, LocalName } from './schemas.ts';

const Time = z.object({
  seconds: z.number().describe('Seconds, rounded once'),
  exact_s: z.string().describe('The same to the last digit, as a decimal number'),
});

const Share = z.number().describe('Part of the sum of all rows');

const StopRow = z.object({
  state: z.enum(apiStates),
  reason: z.string().describe('What the controller or an operator called it; empty where nobody did'),
  reason_name: LocalName.optional().describe('Where the reason is one of the list that people choose from'),
  seconds: z.number(),
  times: z.number().describe('How often it was entered; one that was there before counts for its time only'),
  mean_s: z.number().optional().describe('seconds ÷ times; absent while it was never entered'),
  share: Share,
  cumulative_share: Share,
});

const Others = z
  .object({ rows: z.int(), seconds: z.number(), times: z.number() })
  .describe('The rows that the limit left out, together');

const bars = [
  'calendar',
  'planned',
  'pbt',
  'observed',
  'apt',
  'rated',
  'earned',
  'fully_productive',
] as const;
export type Rest = (typeof bars)[number];

export const sixLossIds = [
  'breakdown',
  'setup',
  'idling_and_minor_stops',
  'reduced_speed',
  'process_defects',
  'start_up',
] as const;

export const LossTree = z
  .object({
    scope: z.string(),
    from: Instant,
    to: Instant,
    time_zone: z.string(),
    coverage: z.number().nullable(),
    provisional: z.boolean(),
    revision: z.int().nullable(),
    formulas: Evidence.shape.formulas,
    waterfall: z
      .array(
        Time.extend({
          id: z.enum([...bars, ...lossBars]),
          kind: z.enum(['rest', 'loss']).describe('A loss, or what is left after the losses before it'),
          name: LocalName,
        }),
      )
      .describe(
        'From calendar time to fully productive time; losses and the last rest add up to the first, exactly. A negative speed loss says that more was made than the planned run time allows',
      ),
    notes: z.array(z.object({ id: z.enum(waterfallNotes), name: LocalName })),
    six_losses: z
      .array(
        z.object({
          id: z.enum(sixLossIds),
          name: LocalName,
          seconds: z.number().optional().describe('Absent where nothing measured tells it'),
        }),
      )
      .describe('Six big losses (Nakajima). Time without an order is none of them'),
    stops: z
      .object({ rows: z.array(StopRow), others: Others })
      .describe('Observed stops in planned time, by time'),
    micro_stops: z
      .object({
        bound_s: z.number().describe('losses.micro_stop_s of the plant file'),
        times: z.number(),
        seconds: z.number(),
        rows: z.array(StopRow),
        others: Others,
      })
      .describe(
        'Stops from producing to producing shorter than the bound that ended in the window, by times',
      ),
    failures: z.array(
      z.object({
        reason: z.string(),
        reason_name: LocalName.optional(),
        times: z.number(),
        seconds: z.number(),
        mtbf_h: z.number().optional().describe('(observed PBT − all time in fault) ÷ times'),
        mttr_h: z.number().optional().describe('Time for this cause ÷ times'),
      }),
    ),
    defects: z
      .object({
        scrap_items: z.number(),
        rework_items: z.number(),
        rows: z.array(
          z.object({
            cause: Slug,
            name: LocalName.optional(),
            items: z.number(),
            share: Share,
            cumulative_share: Share,
          }),
        ),
        unnamed_items: z
          .number()
          .describe('Counted, with no cause entered; below zero where causes name more than was counted'),
      })
      .describe('Scrap and rework by cause; causes come from entries'),
  })
  .meta({ id: 'LossTree' });
