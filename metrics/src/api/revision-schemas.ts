import { kpiIds, PublishedFigure, RevisionReason } from '@benchline/model';
import { z } from 'zod';
import { publishedGrains } from '../figures/periods.ts';
import { ScopeQuery } from './query.ts';
import { Instant } from './schemas.ts';

export const RevisionsQuery = z.strictObject({
  ...ScopeQuery.shape,
  grain: z.enum(publishedGrains).optional().describe('Only hours, shifts or days'),
  kpi: z.enum(kpiIds).optional().describe('Only revisions by which this figure changed, and the first'),
});

const Sha256 = z.string().describe('SHA-256, hexadecimal');

export const RevisionList = z
  .object({
    scope: z.string(),
    time_zone: z.string(),
    revisions: z.array(
      z.object({
        grain: z.enum(publishedGrains),
        from: Instant,
        to: Instant,
        revision: z.int().min(1),
        published: Instant.describe('When the ledger took it in'),
        offset: z.int().describe('Its record of the ledger'),
        basis: z.int().describe('Everything of the ledger below this offset is in the figures'),
        by: z.string().describe('The principal that published it'),
        coverage: z.number().nullable(),
        accounts: Sha256.describe('Of the sums that the figures were computed from'),
        plant: Sha256.describe('Of the plant file that they rest on'),
        formulas: Sha256.describe('Of the formulas that they were computed by'),
        why: z
          .array(
            z.object({
              reason: RevisionReason,
              by: z.string().describe('Whom it comes from'),
              said: z
                .object({ kind: z.string(), note: z.string() })
                .optional()
                .describe('Of an entry: what kind of statement it is, and the reason that its author gave'),
            }),
          )
          .describe('Why figures changed; empty in revision 1'),
        more_reasons: z.int().min(0).describe('Further reasons, beyond those listed'),
        changes: z
          .array(z.object({ kpi: z.string(), old: PublishedFigure, new: PublishedFigure }))
          .describe('The figures that changed; none in revision 1'),
      }),
    ),
  })
  .meta({ id: 'RevisionList' });
