import { Readable } from 'node:stream';
import { BenchlineError } from '@benchline/model';
import type { FastifyReply } from 'fastify';
import { findScope } from '../figures/scopes.ts';
import { comparisonTable } from '../table/comparison-table.ts';
import { csvText } from '../table/csv.ts';
import { kpiTable } from '../table/kpi-table.ts';
import type { Cell } from '../table/table.ts';
import { xlsxOf } from '../table/xlsx.ts';
import { compare } from './comparison.ts';
import { kpiResults } from './kpi-answer.ts';
import { type ApiServer, type PartsOf, readScope } from './parts.ts';
import { CompareTableQuery, listOf, TableQuery, windowOf } from './query.ts';
import { compareRequest } from './series-routes.ts';

const workbook = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
/** A workbook is made in memory; a month of hours of one scope with all figures is about 30 000 rows. */
const mostWorkbookRows = 50_000;

/** Key figures as files that spreadsheet programs open. */
export function tableRoutes(app: ApiServer, parts: PartsOf): void {
  app.get(
    '/api/v1/kpis/table',
    {
      config: readScope,
      schema: {
        summary: 'Key figures of scopes over a window, or over each period of it, as CSV or Excel workbook',
        produces: ['text/csv', workbook],
        querystring: TableQuery,
      },
    },
    async ({ query }, reply) => {
      const { scopes, figures, now } = parts();
      const rows = kpiTable(
        kpiResults(figures, {
          scopes: listOf(query.scope).map((path) => findScope(scopes, path)),
          window: windowOf(query),
          grain: query.grain,
          kpis: query.kpi === undefined ? undefined : listOf(query.kpi),
          now_ns: now(),
        }),
        query.lang,
      );
      const sheet = query.lang === 'zh' ? '指标' : 'Key figures';
      return await sendTable(reply, rows, { name: 'benchline-kpis', sheet, format: query.format });
    },
  );

  app.get(
    '/api/v1/compare/table',
    {
      config: readScope,
      schema: {
        summary: 'What /api/v1/compare answers to the same question, as CSV or Excel workbook',
        produces: ['text/csv', workbook],
        querystring: CompareTableQuery,
      },
    },
    async ({ query }, reply) => {
      const compared = await compare(parts().figures, compareRequest(query, parts()));
      const sheet = query.lang === 'zh' ? '对比' : 'Comparison';
      const form = { name: 'benchline-comparison', sheet, format: query.format };
      return await sendTable(reply, comparisonTable(compared, query.lang), form);
    },
  );
}

async function sendTable(
  reply: FastifyReply,
  rows: AsyncIterable<Cell[]>,
  { name, sheet, format }: { name: string; sheet: string; format: 'csv' | 'xlsx' },
): Promise<FastifyReply> {
  reply.header('content-disposition', `attachment; filename="${name}.${format}"`);
  if (format === 'csv')
    return reply
      .type('text/csv; charset=utf-8; header=present')
      .send(Readable.from(csvText(rows), { objectMode: false }));
  return reply.type(workbook).send(xlsxOf(sheet, await collected(rows)));
}

async function collected(rows: AsyncIterable<Cell[]>): Promise<Cell[][]> {
  const all: Cell[][] = [];
  for await (const row of rows) {
    if (all.length === mostWorkbookRows)
      throw new BenchlineError('bad_request', `the workbook would have more than ${mostWorkbookRows} rows`, {
        hint: 'ask for fewer figures, a shorter window or a coarser grain, or for CSV, which has no limit',
      });
    all.push(row);
  }
  return all;
}
