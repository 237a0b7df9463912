import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readMeter, shippedMeterReadings } from '../src/recordings/meter-readings.ts';
import { readRuns, shippedMillRuns } from '../src/recordings/mill-runs.ts';
import { testFolder } from './support/folder.ts';

const columns =
  'X1_ActualPosition,X1_OutputPower,Y1_ActualPosition,Y1_OutputPower,Z1_ActualPosition,S1_ActualVelocity,S1_OutputPower,M1_CURRENT_PROGRAM_NUMBER,M1_CURRENT_FEEDRATE,Machining_Process';
const row = '1.98E+02,-1.42E-06,1.58E+02,6.43E-07,1.19E+02,1.00E-03,6.96E-07,1.00E+00,5.00E+01,Starting';

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = testFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const oneRun = 'No,machining_finalized,passed_visual_inspection\n1,yes,yes\n';

describe('recorded runs', () => {
  test('the shipped copy has every row and every verdict', () => {
    const runs = readRuns(shippedMillRuns);
    expect(runs.map(({ run, rows }) => [run, rows.length])).toEqual([
      [1, 1055],
      [2, 1668],
      [3, 1521],
      [4, 532],
      [5, 462],
      [6, 1296],
      [7, 565],
      [8, 605],
      [9, 740],
      [10, 1301],
      [11, 2314],
      [12, 2276],
    ]);
    expect(runs.filter(({ good }) => good).map(({ run }) => run)).toEqual([1, 2, 3, 11, 12]);
  });

  test('a folder may be plain or gzipped, its lines end as they like, its fields be quoted', () => {
    const quoted = `\uFEFF"${columns.replaceAll(',', '","')}"\r\n${row.replace('Starting', '"Layer 1 Up"')}\r\n\r\n`;
    const folder = folderWith({ 'runs.csv': oneRun, 'experiment_001.csv': quoted });
    expect(readRuns(folder)).toEqual([
      {
        run: 1,
        good: true,
        rows: [
          {
            state: 'Layer 1 Up',
            program: '1',
            feedRate: 50,
            spindleSpeed: 0.001,
            x1Position: 198,
            y1Position: 158,
            z1Position: 119,
            x1PowerKw: -1.42e-6,
            y1PowerKw: 6.43e-7,
            s1PowerKw: 6.96e-7,
          },
        ],
      },
    ]);
    copyFileSync(join(shippedMillRuns, 'experiment_05.csv.gz'), join(folder, 'experiment_05.csv.gz'));
    writeFileSync(join(folder, 'runs.csv'), `${oneRun}5,no,\n`);
    expect(readRuns(folder).map(({ run, good, rows }) => [run, good, rows.length])).toEqual([
      [1, true, 1],
      [5, false, 462],
    ]);
  });

  test.each([
    ['a run without its file', { 'runs.csv': oneRun }, /run 1 of runs\.csv has no experiment_01\.csv/],
    [
      'a file without its run',
      { 'runs.csv': oneRun, 'experiment_01.csv': `${columns}\n${row}\n`, 'experiment_02.csv': '' },
      /no row for experiment_02\.csv/,
    ],
    [
      'a missing column',
      { 'runs.csv': oneRun, 'experiment_01.csv': `${columns.replace('S1_OutputPower', 'S1')}\n${row}\n` },
      /experiment_01\.csv, line 1: has no column 'S1_OutputPower'/,
    ],
    [
      'no number',
      { 'runs.csv': oneRun, 'experiment_01.csv': `${columns}\n${row}\n${row.replace('6.96E-07', 'n/a')}\n` },
      /experiment_01\.csv, line 3: column 'S1_OutputPower': 'n\/a' is not a number/,
    ],
    [
      'an empty number',
      { 'runs.csv': oneRun, 'experiment_01.csv': `${columns}\n${row.replace('6.96E-07', '')}\n` },
      /line 2: column 'S1_OutputPower': '' is not a number/,
    ],
    [
      'a short row',
      { 'runs.csv': oneRun, 'experiment_01.csv': `${columns}\n${row}\n1.98E+02,0\n` },
      /experiment_01\.csv, line 3: has 2 fields where the header names 10/,
    ],
    [
      'an open quote',
      { 'runs.csv': oneRun, 'experiment_01.csv': `${columns}\n${row}\n"1.98E+02\n` },
      /experiment_01\.csv, line 3: has a stray or open quote/,
    ],
    [
      'no state',
      { 'runs.csv': oneRun, 'experiment_01.csv': `${columns}\n${row.replace('Starting', '')}\n` },
      /line 2: column 'Machining_Process' is empty/,
    ],
    ['a run twice', { 'runs.csv': `${oneRun}1,no,\n` }, /runs\.csv, line 3: No 1 is not a new whole number/],
    [
      'an unclear verdict',
      { 'runs.csv': oneRun.replace('yes,yes', 'yes,maybe') },
      /runs\.csv, line 2: column 'passed_visual_inspection': 'maybe'/,
    ],
    ['no list', {}, /there is no runs\.csv/],
  ])('%s is refused by name and line', (_what, files, message) => {
    expect(() => readRuns(folderWith(files as Record<string, string>))).toThrow(message);
  });
});

describe('the steel plant meter', () => {
  test('has every quarter of an hour of 273 days, and the sum that the source has', () => {
    const { local_start_ms, intervals_ckwh } = readMeter(shippedMeterReadings);
    expect(new Date(local_start_ms).toISOString()).toBe('2018-01-01T00:00:00.000Z');
    expect(intervals_ckwh.length).toBe(273 * 96);
    expect(intervals_ckwh.reduce((sum, energy) => sum + energy, 0)).toBe(72_931_667);
  });

  test('the row stamped midnight is the last of its date, not the first', () => {
    const lines = gunzipSync(readFileSync(shippedMeterReadings)).toString().split('\n');
    expect(lines[96]).toBe('01/01/2018 00:00,3.42');
    expect(readMeter(shippedMeterReadings).intervals_ckwh[95]).toBe(342);
  });

  test('a missing quarter is refused by line', () => {
    const path = join(testFolder(), 'meter.csv');
    writeFileSync(path, 'date,Usage_kWh\n01/01/2018 23:30,1\n01/01/2018 23:45,1\n02/01/2018 00:15,1\n');
    expect(() => readMeter(path)).toThrow(/meter\.csv, line 4: .* does not follow the row before/);
  });
});
