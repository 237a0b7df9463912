import { expect } from 'vitest';

/** Vitest types its matchers as any; these are what a property of an expected object may be. */
export const containing = (text: string): unknown => expect.stringContaining(text);
export const aText: unknown = expect.any(String);
