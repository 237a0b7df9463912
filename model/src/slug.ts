import { z } from 'zod';

/**
 * The one shape of an identifier: lower-case letters, digits and hyphens, starting with a letter or digit,
 * at most 63 characters. Safe, unescaped, in topics, file names, tags and URLs, so that no name needs quoting
 * anywhere. Immutable: renaming happens in `name`, never in the slug.
 */
export const slugPattern = /^[a-z0-9][a-z0-9-]{0,62}$/;
export const Slug = z
  .string()
  .regex(slugPattern, 'lower-case letters, digits and hyphens, at most 63 (for example cnc-mill-1)');
export type Slug = z.infer<typeof Slug>;
