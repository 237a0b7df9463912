import { type KpiId, kpiCatalogue, kpiIds } from '@benchline/model';
import type { KpiResult } from '../api/schemas.ts';
import { statusWording } from '../api/wording.ts';
import type { Cell, TableLanguage } from './table.ts';

type FigureView = NonNullable<KpiResult['figures'][KpiId]>;
/** What the columns need of a result. */
export type TableResult = Pick<
  KpiResult,
  'scope' | 'from' | 'to' | 'time_zone' | 'figures' | 'coverage' | 'provisional' | 'revision'
> & { shift?: Partial<NonNullable<KpiResult['shift']>> | undefined };

interface Column {
  en: string;
  zh: string;
  of(result: TableResult, id: KpiId, figure: FigureView, language: TableLanguage): Cell;
}

const columns: readonly Column[] = [
  { en: 'Scope', zh: '范围', of: ({ scope }) => scope },
  { en: 'From', zh: '开始', of: ({ from }) => from },
  { en: 'To', zh: '结束', of: ({ to }) => to },
  { en: 'Time zone', zh: '时区', of: (result) => result.time_zone },
  { en: 'Shift', zh: '班次', of: ({ shift }, _id, _figure, language) => shift?.name?.[language] },
  { en: 'Date of shift', zh: '班次日期', of: ({ shift }) => shift?.date },
  { en: 'Key figure', zh: '指标', of: (_result, id, _figure, language) => kpiCatalogue[id].name[language] },
  { en: 'Id', zh: '指标代码', of: (_result, id) => id },
  { en: 'Value', zh: '数值', of: (_result, _id, { value }) => value },
  // Unlike on screens, a share is a fraction here: the value is the one that was computed.
  { en: 'Unit', zh: '单位', of: (_result, _id, { unit }) => (unit === '%' ? '1' : unit) },
  {
    en: 'Status',
    zh: '状态',
    of: (_result, _id, { status }, language) => statusWording[status][language],
  },
  { en: 'Lower bound', zh: '下限', of: (_result, _id, { lower }) => lower },
  { en: 'Upper bound', zh: '上限', of: (_result, _id, { upper }) => upper },
  { en: 'Coverage', zh: '数据覆盖率', of: ({ coverage }) => coverage ?? undefined },
  { en: 'Provisional', zh: '暂定', of: ({ provisional }) => provisional },
  { en: 'Revision', zh: '版本', of: ({ revision }) => revision ?? undefined },
  {
    en: 'Basis',
    zh: '来源',
    of: (_result, _id, { basis }, language) =>
      ({ measured: { en: 'measured', zh: '实测' }, declared: { en: 'declared', zh: '申报' } })[basis][
        language
      ],
  },
  { en: 'Formula', zh: '公式', of: (_result, _id, { formula }) => formula },
  { en: 'Inputs', zh: '计算依据', of: (_result, _id, { inputs }) => inputsText(inputs) },
];

/** The sums as the API names them, so that a file can be checked without asking again. */
function inputsText(inputs: FigureView['inputs']): string | undefined {
  const sums = Object.entries(inputs).map(([name, value]) => `${name}=${value}`);
  return sums.length === 0 ? undefined : sums.join('; ');
}

/** Key figures as a table, one figure of one period a row, with its headings. */
export async function* kpiTable(
  results: AsyncIterable<KpiResult>,
  language: TableLanguage,
): AsyncGenerator<Cell[]> {
  yield headings(language);
  for await (const result of results) for (const { cells } of kpiRows(result, language)) yield cells;
}

export function headings(language: TableLanguage): Cell[] {
  return columns.map((column) => column[language]);
}

/** One row for each figure of a result. */
export function kpiRows(result: TableResult, language: TableLanguage): { id: KpiId; cells: Cell[] }[] {
  return kpiIds.flatMap((id) => {
    const figure = result.figures[id];
    return figure ? [{ id, cells: columns.map((column) => column.of(result, id, figure, language)) }] : [];
  });
}
