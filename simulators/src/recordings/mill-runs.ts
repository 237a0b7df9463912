import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BenchlineError } from '@benchline/model';
import { type CsvTable, columnOf, findCsv, malformed, numberIn, readCsv } from './csv.ts';

/** What the mill said at the start of one row of 100 ms. */
export interface MillRow {
  state: string;
  program: string;
  feedRate: number;
  spindleSpeed: number;
  x1Position: number;
  y1Position: number;
  z1Position: number;
  x1PowerKw: number;
  y1PowerKw: number;
  s1PowerKw: number;
}

/** One machining run, one part. */
export interface MillRun {
  run: number;
  /** Whether the part passed inspection; a part that was not finished did not. */
  good: boolean;
  rows: readonly MillRow[];
}

/** Span of a row of the recording. */
export const rowMs = 100;

/** The twelve runs that are shipped with the program, see `recordings/README.md`. */
export const shippedMillRuns = fileURLToPath(new URL('../../recordings/cnc-mill', import.meta.url));

const columns = {
  feedRate: 'M1_CURRENT_FEEDRATE',
  spindleSpeed: 'S1_ActualVelocity',
  x1Position: 'X1_ActualPosition',
  y1Position: 'Y1_ActualPosition',
  z1Position: 'Z1_ActualPosition',
  x1PowerKw: 'X1_OutputPower',
  y1PowerKw: 'Y1_OutputPower',
  s1PowerKw: 'S1_OutputPower',
} as const satisfies Partial<Record<keyof MillRow, string>>;

/**
 * Reads a folder of recorded runs: `runs.csv` (columns `No`, `machining_finalized`, `passed_visual_inspection`) and
 * `experiment_NN.csv` or `.csv.gz` for each of its rows, columns found by name. Runs come in the order of their
 * numbers.
 * @throws BenchlineError `not_found` for a missing folder or file, `bad_request` naming file, line and column.
 */
export function readRuns(folder: string): MillRun[] {
  const list = findCsv(join(folder, 'runs.csv'));
  if (list === undefined)
    throw new BenchlineError('not_found', `there is no runs.csv in ${folder}`, {
      hint: 'the folder holds runs.csv and one experiment_NN.csv a run',
    });
  const verdicts = readVerdicts(readCsv(list));
  const files = experimentsIn(folder);
  for (const [run, file] of files)
    if (!verdicts.has(run))
      throw malformed('runs.csv', 1, `has no row for ${file}`, `add a row with No ${run}`);
  return [...verdicts]
    .sort(([a], [b]) => a - b)
    .map(([run, good]) => ({ run, good, rows: readRows(join(folder, fileOf(run, files))) }));
}

function fileOf(run: number, files: ReadonlyMap<number, string>): string {
  const file = files.get(run);
  if (file !== undefined) return file;
  throw new BenchlineError(
    'not_found',
    `run ${run} of runs.csv has no experiment_${String(run).padStart(2, '0')}.csv`,
    {
      hint: 'add the file or take the row out of runs.csv',
    },
  );
}

function experimentsIn(folder: string): Map<number, string> {
  const files = new Map<number, string>();
  for (const file of existsSync(folder) ? readdirSync(folder).sort() : []) {
    const match = /^experiment_(\d+)\.csv(\.gz)?$/.exec(file);
    const run = Number(match?.[1]);
    if (match && !files.has(run)) files.set(run, file);
  }
  return files;
}

function readVerdicts(table: CsvTable): Map<number, boolean> {
  const number = columnOf(table, 'No');
  const finalized = columnOf(table, 'machining_finalized');
  const passed = columnOf(table, 'passed_visual_inspection');
  const verdicts = new Map<number, boolean>();
  for (const row of table.rows) {
    const run = numberIn(table, row, number);
    if (!Number.isSafeInteger(run) || run < 0 || verdicts.has(run))
      throw malformed(
        table.file,
        row.line,
        `No ${run} is not a new whole number`,
        'give every run its own number',
      );
    const finished = yesOrNo(table, row, finalized);
    verdicts.set(run, yesOrNo(table, row, passed) && finished);
  }
  if (verdicts.size === 0) throw malformed(table.file, 1, 'lists no run', 'add one row a run');
  return verdicts;
}

function yesOrNo(table: CsvTable, row: CsvTable['rows'][number], column: number): boolean {
  const text = (row.cells[column] ?? '').trim().toLowerCase();
  if (text === 'yes') return true;
  if (text === 'no' || text === '') return false;
  throw malformed(
    table.file,
    row.line,
    `column '${table.columns[column]}': '${text}'`,
    'write yes, no or nothing',
  );
}

function readRows(path: string): MillRow[] {
  const table = readCsv(path);
  const program = columnOf(table, 'M1_CURRENT_PROGRAM_NUMBER');
  const state = columnOf(table, 'Machining_Process');
  const numbers = Object.entries(columns).map(
    ([key, name]) => [key as keyof typeof columns, columnOf(table, name)] as const,
  );
  if (table.rows.length === 0)
    throw malformed(table.file, 1, 'has no rows', 'a run has one row every 100 ms');
  return table.rows.map((row) => {
    const process = row.cells[state] ?? '';
    if (process.trim() === '')
      throw malformed(
        table.file,
        row.line,
        "column 'Machining_Process' is empty",
        'name the step of the process',
      );
    const values = Object.fromEntries(numbers.map(([key, column]) => [key, numberIn(table, row, column)]));
    return {
      ...(values as Record<keyof typeof columns, number>),
      state: process,
      program: String(numberIn(table, row, program)),
    };
  });
}
