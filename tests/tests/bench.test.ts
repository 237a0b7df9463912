import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { absent, alone, compared, type Row } from '../src/bench/row.ts';
import { tableOf } from '../src/bench/table.ts';

const program = fileURLToPath(new URL('../../model/bin/benchline.ts', import.meta.url));

/** Runs `benchline bench ARGS --json FILE` to its end. */
async function bench(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'benchline-bench-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'bench.json');
  const command = [program, 'bench', ...args, '--json', file];
  return await new Promise<{ status: unknown; stdout: string; stderr: string; rows: () => Row[] }>(
    (resolve) => {
      execFile(process.execPath, command, { env: { ...process.env, ...env } }, (error, stdout, stderr) =>
        resolve({
          status: error ? error.code : 0,
          stdout,
          stderr,
          rows: () => JSON.parse(readFileSync(file, 'utf8')) as Row[],
        }),
      );
    },
  );
}

describe('a figure beside its limit', () => {
  it('is the ratio of the medians, and reaches its goal or not', () => {
    const figure = { name: 'spool', unit: 'values/s', goal: 0.5 };
    expect(compared(figure, [30, 1, 50], [100, 60, 20])).toEqual({
      name: 'spool',
      value: 30,
      unit: 'values/s',
      limit: 60,
      ratio: 0.5,
      goal: 0.5,
      ok: true,
    });
    expect(compared(figure, [28, 30], [60])).toMatchObject({ value: 29, ok: false });
  });

  it('judges nothing where nothing is promised', () => {
    expect(compared({ name: 'x', unit: 'rows/s' }, [1], [4])).toMatchObject({
      ratio: 0.25,
      goal: null,
      ok: null,
    });
    expect(alone('lag', 's', [3, 1, 2])).toMatchObject({ value: 2, limit: null, ratio: null, ok: null });
  });
});

it('prints figures in columns that a person can read, with a verdict or a reason', () => {
  const rows = [
    compared({ name: 'spool append', unit: 'values/s', goal: 0.5 }, [1_234_567], [2_000_000]),
    compared({ name: 'influxdb write', unit: 'points/s', goal: 0.8 }, [1], [2]),
    absent('kpi', 'ms', 'not with --quick'),
  ];
  expect(tableOf(rows)).toBe(
    [
      'figure              value  unit          limit  ratio  goal',
      'spool append    1,230,000  values/s  2,000,000  0.617   0.5  ok',
      'influxdb write          1  points/s          2    0.5   0.8  missed',
      'kpi                     –  ms                –      –     –  not with --quick',
      '',
    ].join('\n'),
  );
});

describe('benchline bench', () => {
  it('writes its figures as a list with limits of the same run', async () => {
    const { status, stdout, rows } = await bench(['--quick', '--only', 'spool,sparkplug']);
    expect(status).toBe(0);
    const figures = rows();
    expect(figures.map(({ name }) => name)).toEqual([
      'spool append',
      'spool append, CPU',
      'sparkplug encode + decode + verify',
    ]);
    for (const { name, value, limit, ratio } of figures) {
      expect(stdout).toContain(name);
      expect(ratio).toBe((value ?? 0) / (limit ?? 0));
      expect(value).toBeGreaterThan(0);
    }
  });

  it('says why a figure is missing when a program is not installed', async () => {
    const { status, rows } = await bench(['--quick', '--only', 'influxdb'], { PATH: '/nowhere' });
    expect(status).toBe(0);
    expect(rows()).toEqual([
      {
        name: 'influxdb write',
        value: null,
        unit: 'points/s',
        limit: null,
        ratio: null,
        goal: null,
        ok: null,
        reason: 'influxd is not installed: apt-get install influxdb',
      },
    ]);
  });

  it('names what can be measured when asked for something else', async () => {
    const { status, stderr } = await bench(['--only', 'spool,warp']);
    expect(status).toBe(2);
    expect(stderr).toContain('--only warp');
    expect(stderr).toContain('spool, sparkplug, influxdb, embedded, opcua, load, accounts, kpi');
  });
});
