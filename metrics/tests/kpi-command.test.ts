import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { indexPlant, nsFromIso, parsePlant } from '@benchline/model';
import { placementOf } from '@benchline/store';
import { openEmbeddedStore } from '@benchline/store/embedded';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { KpiResult } from '../src/api/schemas.ts';
import { kpi as command } from '../src/commands/kpi.ts';
import { loadObservationFile } from '../src/offline/observation-file.ts';
import { plantYaml } from './kit/plant.ts';

const program = fileURLToPath(new URL('../../model/bin/benchline.ts', import.meta.url));
const page = readFileSync(new URL('../../model/docs/observations.md', import.meta.url), 'utf8');
const example = /```ndjson\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
const stated = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
const hour = ['--from', '2026-03-02T08:00:00+08:00', '--to', '2026-03-02T09:00:00+08:00'];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'benchline-kpi-'));
  const plant = plantYaml
    .replace('id: mill, name: { en: Mill, zh: 铣床 }', 'id: mill-1, name: { en: Mill }')
    .replace('machines: [mill]', 'machines: [mill-1]')
    .replace(
      'good: { measurement: count, role: good }\n      scrap: { measurement: count',
      'good-items: { measurement: count, role: good }\n      scrap-items: { measurement: count',
    )
    .replace('planned_run_time_per_item_s: 10', 'planned_run_time_per_item_s: 300');
  write('plant.yaml', plant);
  write('example.ndjson', example);
  write('stated.ndjson', `${example}${stated}`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const loadedIndex = () =>
  indexPlant(parsePlant(readFileSync(join(folder, 'plant.yaml'), 'utf8'), 'plant.yaml'));

async function benchline(...args: string[]) {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, ...output };
}

const named = (file: string) => ['--plant', join(folder, 'plant.yaml'), '--observations', join(folder, file)];

/** Without the second that a process takes to start. */
async function kpi(file: string, ...args: string[]) {
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      output[stream] += String(text);
      return true;
    });
  const { values } = parseArgs({ args: [...named(file), ...args], options: command.options });
  try {
    const status = await command.run({ values, positionals: [], signal: new AbortController().signal });
    return { status, ...output };
  } finally {
    vi.restoreAllMocks();
  }
}
const milling = ['--scope', 'acme/north/shop/cell/mill-1'];

describe('benchline kpi', () => {
  it('computes the example of its page', async () => {
    const { status, stdout, stderr } = await kpi('example.ndjson', ...hour, ...milling, '--json');
    expect([status, stderr]).toEqual([0, '']);
    const { figures, elements, coverage, revision, provisional } = JSON.parse(stdout) as KpiResult;
    expect(elements).toMatchObject({ planned_s: 3600, apt_s: 3300, aust_s: 300, unobserved_s: 0 });
    expect(figures.availability?.value).toBeCloseTo(55 / 60, 12);
    expect(figures.effectiveness?.value).toBeCloseTo(3000 / 3300, 12);
    expect(figures.quality_ratio?.value).toBeCloseTo(0.8, 12);
    expect(figures.oee?.value).toBeCloseTo(2400 / 3600, 12);
    expect(figures.energy_kwh?.value).toBeCloseTo(3.5, 12);
    expect({ coverage, revision, provisional }).toEqual({ coverage: 1, revision: 1, provisional: false });
  });

  it('tells the same to people, values below each other and plain numbers without a unit', async () => {
    const { stdout } = await kpi('example.ndjson', ...hour, ...milling);
    const [window, ...lines] = stdout.trimEnd().split('\n');
    expect(window).toMatch(/^acme\/north\/shop\/cell\/mill-1, .* 100\.0 % of the planned time observed$/);
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}Availability +91\.7 %$/));
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}Micro-stops +0$/));
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}Electrical energy +3\.500 kWh /));
    const column = '  Total effective equipment performance (TEEP)  '.length;
    expect(lines.filter((line) => !/^ {2}\S/.test(line.slice(column - 2)))).toEqual([]);
  });

  it('lists hours, and takes lines in any order and twice', async () => {
    const lines = example.trim().split('\n');
    write('shuffled.ndjson', [...lines.toReversed(), ...lines].join('\n'));
    const day = ['--from', '2026-03-02T07:00:00+08:00', '--to', '2026-03-02T10:00:00+08:00'];
    const { stdout } = await kpi('shuffled.ndjson', ...day, ...milling, '--grain', 'hour', '--json');
    const { results } = JSON.parse(stdout) as { results: KpiResult[] };
    expect(results.map(({ from, figures }) => [from, figures.oee?.status])).toEqual([
      ['2026-03-01T23:00:00.000Z', 'not_observed'],
      ['2026-03-02T00:00:00.000Z', 'ok'],
      ['2026-03-02T01:00:00.000Z', 'not_observed'],
    ]);
    expect(results[1]?.figures.oee?.value).toBeCloseTo(2 / 3, 12);
  });

  it('reads native states by the state table, and says which it does not list', async () => {
    write(
      'native.ndjson',
      example
        .replace('"value":"setup"', '"native":"Prep"')
        .replace('"value":"producing"', '"native":"Polish"'),
    );
    const { stdout, stderr } = await kpi('native.ndjson', ...hour, ...milling, '--json');
    expect((JSON.parse(stdout) as KpiResult).elements).toMatchObject({
      aust_s: 300,
      apt_s: 0,
      unobserved_s: 3300,
    });
    expect(stderr).toContain("1 times mill-1/state 'Polish': the state table does not list it");
  });

  it('reads a file with a byte order mark, Windows line ends and empty lines, packed by gzip', async () => {
    const file = join(folder, 'windows.ndjson.gz');
    writeFileSync(file, gzipSync(`\uFEFF${example.replaceAll('\n', '\r\n\r\n')}`));
    const { observations, claims } = await loadObservationFile(file, loadedIndex());
    expect([observations, claims]).toEqual([8, 1]);
  });

  it('counts what it cannot use', async () => {
    const odd = [
      { machine: 'mill-1', signal: 'good-items', time: '2026-03-02T08:30:00+08:00', value: '104' },
      { machine: 'mill-1', signal: 'state', time: '2026-03-02T08:30:00+08:00', value: 'Prep' },
      { machine: 'mill-2', signal: 'state', time: '2026-03-02T08:30:00+08:00', value: 'setup' },
      { kind: 'observed', machine: 'mill-3', from: '2026-03-02T08:00:00Z', until: '2026-03-02T09:00:00Z' },
    ];
    const file = write('odd.ndjson', `${example}${odd.map((line) => JSON.stringify(line)).join('\n')}`);
    const { unusable, unknown } = await loadObservationFile(file, loadedIndex());
    expect([...unknown]).toEqual([
      ['mill-2/state', 1],
      ['mill-3', 1],
    ]);
    expect([...unusable.keys()]).toEqual([
      expect.stringMatching(/^mill-1\/good-items '104' is no number/),
      expect.stringMatching(/^mill-1\/state 'Prep' is no state: .*"native"/),
    ]);
  });

  it.each([
    ['{"machine":"mill-1","signal":"good-items","value":1}', "'time' is missing"],
    ['{"kind":"observed","machine":"mill-1","from":"2026-03-02T08:00:00Z"}', "'until' is missing"],
    [
      '{"machine":"mill-1","signal":"state","time":"2026-03-02T08:00:00Z"}',
      'a value, or a Bad status instead of it',
    ],
    [
      '{"machine":"mill-1","signal":"good-items","time":"2026-03-02T08:00:00Z","value":1,"status":2147483648}',
      'a value, or a Bad status instead of it',
    ],
    [
      '{"machine":"mill-1","signal":"good-items","time":"2026-03-02T08:00:00Z","value":null}',
      'value: has to be a number, a text, true or false',
    ],
  ])('says what is wrong with %s', async (line, problem) => {
    const file = write('wrong.ndjson', line);
    await expect(loadObservationFile(file, loadedIndex())).rejects.toThrow(`wrong.ndjson:1: ${problem}`);
  });

  it('takes nothing for watched that nobody claimed, and says so', async () => {
    write('silent.ndjson', example.trim().split('\n').slice(0, -1).join('\n'));
    const { stdout, stderr } = await kpi('silent.ndjson', ...hour, ...milling, '--json');
    const { figures } = JSON.parse(stdout) as KpiResult;
    expect(figures.oee).toMatchObject({ status: 'not_observed' });
    expect(figures.energy_kwh?.value).toBeCloseTo(3.5, 12);
    expect(stderr).toContain('no line of kind "observed"');
  });

  it('says of what no counter or meter told that it is not known, and not that it was nothing', async () => {
    const lines = example.trim().split('\n');
    write('state.ndjson', lines.filter((line) => /"signal":"state"|observed/.test(line)).join('\n'));
    const { stdout } = await kpi('state.ndjson', ...hour, '--json');
    const { counts, energy, carriers, elements, figures } = JSON.parse(stdout) as KpiResult;
    expect(elements.apt_s).toBeGreaterThan(0);
    expect(counts).toEqual({ items: null, good_items: null, scrap_items: null, rework_items: null });
    expect({ energy, carriers }).toEqual({ energy: { import_kwh: null, export_kwh: null }, carriers: {} });
    // The mill has no counter of rework: beside items that are counted it is unknown, too.
    const counted = JSON.parse((await kpi('example.ndjson', ...hour, '--json')).stdout) as KpiResult;
    expect([figures, counted.figures].map(({ rework_ratio }) => rework_ratio?.inputs)).toEqual([
      {},
      { items: 10 },
    ]);
  });

  it('names the scope that was meant', async () => {
    const values = {
      plant: join(folder, 'plant.yaml'),
      observations: join(folder, 'example.ndjson'),
      from: '2026-03-02T08:00:00Z',
      to: '2026-03-02T09:00:00Z',
      scope: 'cell/mill-1',
    };
    const asked = command.run({ values, positionals: [], signal: new AbortController().signal });
    await expect(asked).rejects.toMatchObject({
      message: "the plant has no scope 'cell/mill-1'",
      hint: expect.stringMatching(/: acme\/north\/shop\/cell\/mill-1$/),
    });
  });

  it('names the line that it cannot read', async () => {
    write(
      'bad.ndjson',
      `${example}{"machine":"mill-1","signal":"state","time":"2026-03-02 08:00","value":"setup"}\n`,
    );
    const { status, stderr } = await benchline('kpi', ...named('bad.ndjson'), ...hour);
    expect(status).toBe(1);
    expect(stderr).toContain('bad.ndjson:10: not an ISO 8601 instant with offset: 2026-03-02 08:00');
    expect(stderr).toContain('→ model/docs/observations.md');
  });

  it('shows figures to a person, too', async () => {
    const { stdout } = await kpi('example.ndjson', ...hour, ...milling);
    expect(stdout).toMatch(/Overall equipment effectiveness \(OEE\) +66\.7 %\n/);
    expect(stdout).toMatch(/Mean time between failures \(MTBF\) +– \(No failures\)\n/);
  });
});

describe('benchline export', () => {
  it('writes a file from which the same figures come as from the store', async () => {
    // Longer than the window, so that a state and registers are carried into it.
    const from = '2026-03-02T08:30:00+08:00';
    const window = ['--from', from, '--to', '2026-03-02T09:30:00+08:00'];
    const index = loadedIndex();
    const { store: read } = await loadObservationFile(join(folder, 'stated.ndjson'), index);
    const whole = {
      machine: 'mill-1',
      from_ns: nsFromIso(from) - 10n ** 13n,
      to_ns: nsFromIso(from) + 10n ** 13n,
    };
    const embedded = await openEmbeddedStore({
      file: join(folder, 'telemetry.duckdb'),
      placement: placementOf(index),
    });
    const claims = await read.observed(whole);
    await embedded.write({
      observations: await read.observations(whole),
      observed: claims.map((c) => ({
        machine: 'mill-1',
        source: 'file',
        from_ns: c.from_ns,
        until_ns: c.to_ns,
      })),
      entries: await read.entries(whole),
      gaps: [
        {
          machine: 'mill-1',
          source: 'file',
          from_ns: nsFromIso(from),
          to_ns: nsFromIso(from) + 5n,
          reason: 'evicted',
        },
      ],
    });
    await embedded.close();
    const config = write(
      'metrics.json',
      JSON.stringify({
        plant: 'plant.yaml',
        feed_url: 'http://127.0.0.1:1',
        store: { embedded: { file: 'telemetry.duckdb' } },
        http: { port: 0 },
      }),
    );
    const exported = await benchline(
      'export',
      '--config',
      config,
      ...window,
      '--out',
      join(folder, 'out.ndjson'),
    );
    expect([exported.status, exported.stderr]).toEqual([0, '']);
    const again = await kpi('out.ndjson', ...window, '--json');
    const direct = await kpi('stated.ndjson', ...window, '--json');
    const unstated = await kpi('example.ndjson', ...window, '--json');
    expect(JSON.parse(direct.stdout)).not.toEqual(JSON.parse(unstated.stdout));
    expect(JSON.parse(again.stdout)).toEqual(JSON.parse(direct.stdout));
    expect(readFileSync(join(folder, 'out.ndjson'), 'utf8')).toContain('"kind":"gap"');
  });
});
