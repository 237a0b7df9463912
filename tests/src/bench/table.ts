import type { Row } from './row.ts';

const heads = ['figure', 'value', 'unit', 'limit', 'ratio', 'goal', ''] as const;
/** Columns of numbers, which end at the same place. */
const numeric = new Set([1, 3, 4, 5]);

/** The rows as text for a person. */
export function tableOf(rows: readonly Row[]): string {
  const lines = [heads, ...rows.map(cells)];
  const widths = heads.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      widths
        .map((width, column) => {
          const cell = line[column] ?? '';
          return numeric.has(column) ? cell.padStart(width) : cell.padEnd(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

const number = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });

function cells(row: Row): string[] {
  const { name, unit, ok, reason } = row;
  const [value, limit, ratio, goal] = [row.value, row.limit, row.ratio, row.goal].map((figure) =>
    figure === null ? '–' : number.format(figure),
  ) as [string, string, string, string];
  return [name, value, unit, limit, ratio, goal, reason ?? (ok === null ? '' : ok ? 'ok' : 'missed')];
}
