import { z } from 'zod';

/** What a person reads on a screen. English is required; Chinese falls back to it. */
export const Name = z
  .strictObject({
    en: z.string().min(1).describe('In English'),
    zh: z.string().min(1).optional().describe('In Chinese; English is shown where it is missing'),
  })
  .describe('Display name in English and Chinese; free to change, unlike the id');
