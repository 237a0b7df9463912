import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { BenchlineError } from '@benchline/model';

/** A CSV file (RFC 4180) in memory, with what an error message needs to name a place in it. */
export interface CsvTable {
  file: string;
  columns: readonly string[];
  rows: readonly CsvRow[];
}

export interface CsvRow {
  /** Line in the file on which the row begins, from 1. */
  line: number;
  cells: readonly string[];
}

/** The path itself, or the same with `.gz`; undefined when neither exists. */
export function findCsv(path: string): string | undefined {
  return [path, `${path}.gz`].find((candidate) => existsSync(candidate));
}

/**
 * Reads a CSV file, gunzipped when its name ends in `.gz`. Quoted fields, CRLF, a byte order mark and empty lines
 * are tolerated.
 * @throws BenchlineError `bad_request` naming file and line of a row whose width differs from the header's.
 */
export function readCsv(path: string): CsvTable {
  const bytes = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').replace(/^\uFEFF/, '');
  const file = basename(path);
  const [header, ...rows] = parseRows(text, file);
  if (!header) throw malformed(file, 1, 'has no header line', 'the first line names the columns');
  const columns = header.cells.map((name) => name.trim());
  for (const { line, cells } of rows)
    if (cells.length !== columns.length)
      throw malformed(
        file,
        line,
        `has ${cells.length} fields where the header names ${columns.length}`,
        'mend or remove the line',
      );
  return { file, columns, rows };
}

/** Where a column stands. @throws BenchlineError `bad_request` when the file has no such column. */
export function columnOf(table: CsvTable, name: string): number {
  const index = table.columns.indexOf(name);
  if (index < 0)
    throw malformed(table.file, 1, `has no column '${name}'`, `it has: ${table.columns.join(', ')}`);
  return index;
}

/** A finite number. @throws BenchlineError `bad_request` naming file, line and column. */
export function numberIn(table: CsvTable, row: CsvRow, column: number): number {
  const text = (row.cells[column] ?? '').trim();
  const value = text === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw malformed(
    table.file,
    row.line,
    `column '${table.columns[column]}': '${text}' is not a number`,
    'write a decimal number such as 1.98E+02',
  );
}

export function malformed(file: string, line: number, fact: string, hint: string): BenchlineError {
  return new BenchlineError('bad_request', `${file}, line ${line}: ${fact}`, { hint });
}

function parseRows(text: string, file: string): CsvRow[] {
  return text.includes('"') ? quotedRows(text, file) : plainRows(text);
}

function plainRows(text: string): CsvRow[] {
  return text
    .split(/\r\n|\n|\r/)
    .map((content, i) => ({ line: i + 1, cells: content.split(',') }))
    .filter(({ cells }) => cells.length > 1 || cells[0]?.trim() !== '');
}

function quotedRows(text: string, file: string): CsvRow[] {
  const rows: CsvRow[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;
  let cells: string[] = [];
  let line = 1;
  let begun = 1;
  while (field.lastIndex < text.length) {
    const at = field.lastIndex;
    const match = field.exec(text);
    if (!match)
      throw malformed(file, line, 'has a stray or open quote', 'double a quote inside a quoted field');
    cells.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    line += newlinesIn(text.slice(at, field.lastIndex));
    if (match[3] === ',' && field.lastIndex < text.length) continue;
    if (match[3] === ',') cells.push('');
    if (cells.length > 1 || cells[0]?.trim() !== '') rows.push({ line: begun, cells });
    cells = [];
    begun = line;
  }
  return rows;
}

function newlinesIn(text: string): number {
  return text.match(/\r\n|\n|\r/g)?.length ?? 0;
}
