import type { z } from 'zod';
import type { Comparison } from '../api/series-schemas.ts';
import { statusWording } from '../api/wording.ts';
import { headings, kpiRows } from './kpi-table.ts';
import type { Cell, TableLanguage } from './table.ts';

const words = {
  en: {
    side: 'Side',
    part: 'Part',
    whole: 'whole side',
    period: 'period',
    difference: 'Difference from side 1',
    ratio: 'Relative difference',
    why: 'Status of the difference',
  },
  zh: {
    side: '对比方',
    part: '部分',
    whole: '合计',
    period: '分段',
    difference: '与第 1 方之差',
    ratio: '相对差',
    why: '差值状态',
  },
} as const;

/** A comparison as a table: each figure of each side a row, then the figures of the side's periods. */
export async function* comparisonTable(
  { sides, differences }: z.output<typeof Comparison>,
  language: TableLanguage,
): AsyncGenerator<Cell[]> {
  const { side, part, whole, period, difference, ratio, why } = words[language];
  yield [side, part, ...headings(language), difference, ratio, why];
  for (const [i, one] of sides.entries()) {
    const against = differences.find((each) => each.side === i)?.figures;
    for (const { id, cells } of kpiRows(one, language)) {
      const by = against?.[id];
      const reason = by && statusWording[by.status][language];
      yield [i + 1, whole, ...cells, by?.difference, by?.ratio, reason];
    }
    for (const each of one.periods ?? [])
      for (const { cells } of kpiRows({ ...one, ...each }, language))
        yield [i + 1, period, ...cells, undefined, undefined, undefined];
  }
}
