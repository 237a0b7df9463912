import { z } from 'zod';
import { Slug } from '../slug.ts';
import { nanosecondsJson } from '../time.ts';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const Offset = z.int().min(0);

/** A figure as it was published: its value, or why there is none. */
export const PublishedFigure = z.strictObject({
  value: z.number().optional(),
  status: z.string().regex(/^[a-z][a-z_]{0,39}$/),
});
export type PublishedFigure = z.output<typeof PublishedFigure>;

const Figures = z.record(z.string().regex(/^[a-z][a-z0-9_]{0,63}$/), PublishedFigure);

/** Why published figures changed, with what shows it and who it comes from. */
export const RevisionReason = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('late_data').describe('A source said more of the period after it was published'),
    machine: Slug,
    source: Slug,
    gateway: Slug,
    from_offset: Offset.describe('First record of the ledger that says so'),
    to_offset: Offset.describe('Last one'),
  }),
  z.strictObject({
    kind: z.literal('entry').describe('A person stated something'),
    id: z.string(),
    author: z.string(),
    offset: Offset.describe('Its record of the ledger'),
  }),
  z.strictObject({
    kind: z.literal('plant_version').describe('Another plant file, with its calendars, is in force'),
    was: Sha256.describe('SHA-256 of the plant file before'),
    is: Sha256.describe('SHA-256 of the plant file now'),
  }),
  z.strictObject({
    kind: z
      .literal('recomputed_formula')
      .describe(
        'The catalogue defines some figures differently, or the sums that they start from are worked out so',
      ),
    was: Sha256.describe('Digest of the formulas and of how sums are made before'),
    is: Sha256.describe('The same now'),
  }),
]);
export type RevisionReason = z.output<typeof RevisionReason>;

/** The figures of a scope over a whole hour, shift or day, as they stand from this record on. */
export const PublishedPeriod = z.strictObject({
  scope: z.string().min(1).max(400),
  grain: z.enum(['hour', 'shift', 'day']),
  from_ns: nanosecondsJson,
  to_ns: nanosecondsJson,
  revision: z.int().min(1),
  coverage: z.number().nullable(),
  /** Digest of the sums that the figures were computed from. */
  accounts: Sha256,
  figures: Figures,
  /** The figures that differ from the revision before; absent in revision 1. */
  changes: z.record(z.string(), z.strictObject({ old: PublishedFigure, new: PublishedFigure })).optional(),
  why: z.array(RevisionReason).max(100).optional(),
  /** Further reasons, beyond those listed. */
  more_reasons: z.int().min(1).optional(),
});
export type PublishedPeriod = z.output<typeof PublishedPeriod>;

const content = {
  /** Everything of the ledger below this offset is in the figures. */
  basis: Offset,
  /** Digest of the plant file that they rest on. */
  plant: Sha256,
  /** Digest of the formulas that they were computed by. */
  formulas: Sha256,
  periods: z.array(PublishedPeriod).min(1).max(100),
};

/** Figures that were published together. */
export const Publication = z.strictObject({
  /** The authenticated principal that published. */
  by: z.string().min(1).max(200),
  ...content,
});
export type Publication = z.output<typeof Publication>;

/** What a metrics service asks to be published. */
export const PublicationRequest = z.strictObject({
  /** Offset of the newest publication that it has read; null when it has read none. */
  previous: Offset.nullable(),
  ...content,
});
export type PublicationRequest = z.output<typeof PublicationRequest>;
/** As it travels. */
export type PublicationRequestJson = z.input<typeof PublicationRequest>;
