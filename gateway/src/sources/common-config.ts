import { Slug } from '@benchline/model';
import { z } from 'zod';

/** A linear change of a number: value = native × scale + offset. The native number is kept beside it. */
export const scaling = {
  scale: z
    .number()
    .refine((scale) => scale !== 0, 'not 0: it would erase the value')
    .optional()
    .describe('Factor from the native number to the value; whole for counts and integers'),
  offset: z.number().optional().describe('Added after the factor; whole for counts and integers'),
};

export const SourceId = Slug.describe(
  'Id of the source, unique in the gateway; part of every batch it makes',
);
