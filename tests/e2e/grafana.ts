/** One row of an InfluxQL answer, times in milliseconds. */
export type Row = Record<string, string | number | boolean | null>;

/**
 * Expands a query as Grafana's InfluxDB source does before it sends it: `$timeFilter`, `${__from}` and `${__to}` in
 * milliseconds, a variable of one value as it is, one of several values as `(a|b)` inside a regular expression.
 */
export function expandQuery(
  query: string,
  variables: Readonly<Record<string, string | readonly string[]>>,
  window: { from: number; to: number },
): string {
  let expanded = query
    .replaceAll('$timeFilter', `time >= ${window.from}ms and time <= ${window.to}ms`)
    .replaceAll('${__from}', String(window.from))
    .replaceAll('${__to}', String(window.to));
  for (const [name, value] of Object.entries(variables))
    expanded = expanded.replaceAll(
      `$${name}`,
      typeof value === 'string'
        ? value
        : `(${value.map((one) => one.replaceAll(/[\\^$*+?.()|[\]{}/]/g, '\\$&')).join('|')})`,
    );
  return expanded;
}

interface Answer {
  results: {
    error?: string;
    series?: { columns: string[]; tags?: Record<string, string>; values: Row[string][][] }[];
  }[];
}

/** @throws Error with InfluxDB's own words when it refuses the query. */
export async function askInflux(url: string, query: string): Promise<Row[]> {
  const response = await fetch(
    `${url}/query?${new URLSearchParams({ db: 'benchline', epoch: 'ms', q: query })}`,
  );
  const answer = (await response.json()) as Answer;
  const [result] = answer.results;
  if (!result || result.error !== undefined) throw new Error(`${query}: ${result?.error ?? response.status}`);
  return (result.series ?? []).flatMap(({ columns, tags, values }) =>
    values.map((value) => ({
      ...tags,
      ...Object.fromEntries(columns.map((column, i) => [column, value[i] ?? null])),
    })),
  );
}
