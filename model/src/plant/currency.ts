import { z } from 'zod';

/** Code of a currency, ISO 4217. */
export const Currency = z.string().regex(/^[A-Z]{3}$/, 'a currency code such as CNY');
