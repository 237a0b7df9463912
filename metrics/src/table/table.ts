/** What stands in a field of a table; absent is not zero. */
export type Cell = string | number | boolean | undefined;

export const tableLanguages = ['en', 'zh'] as const;
export type TableLanguage = (typeof tableLanguages)[number];
