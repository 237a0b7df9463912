import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isoFromNs, kpiIds, nsFromIso } from '@benchline/model';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import type { CncRatio, KpiList, KpiResult, KpiTable, StateLists } from '../src/api/schemas.ts';
import type { Comparison, Series } from '../src/api/series-schemas.ts';
import { BatchMaker } from './kit/batches.ts';
import { Works } from './kit/service.ts';

const at = (clock: string) => nsFromIso(`2026-03-02T${clock}:00+08:00`);
const say = (signal: string, clock: string, value: number | bigint | string) => ({
  signal,
  source_time_ns: at(clock),
  ordinal: 0,
  value,
  status: 0,
});
/** An early shift with one order, and a late one without; nobody looks after 18:00. */
const lathe = {
  machine: 'lathe',
  observations: [
    say('state', '06:00', 'RUN'),
    say('order', '06:00', 'o-1'),
    say('total', '06:00', 0n),
    say('scrap', '06:00', 0n),
    say('total', '09:00', 200n),
    say('scrap', '09:00', 4n),
    say('state', '10:00', 'IDLE'),
    say('order', '12:00', ''),
    say('state', '14:00', 'RUN'),
    say('total', '16:00', 280n),
  ].map((o) =>
    o.signal === 'state' ? { ...o, value: { RUN: 'producing', IDLE: 'waiting' }[o.value as 'RUN'] } : o,
  ),
  observed: { from_ns: at('06:00'), until_ns: at('18:00') },
};
const scope = 'acme/north/shop/turning/lathe';
const early = { from: isoFromNs(at('06:00')), to: isoFromNs(at('14:00')) };
const day = { from: isoFromNs(at('06:00')), to: isoFromNs(at('22:00')) };

describe('the API', () => {
  let works: Works;
  const ask = (path: string, query: [string, string][], headers: Record<string, string> = {}) =>
    fetch(`${works.url}/api/v1/${path}?${new URLSearchParams(query)}`, { headers });
  const get = async <T>(path: string, query: [string, string][]) => {
    const response = await ask(path, query);
    const body = await response.text();
    expect([path, response.status, response.ok ? '' : body]).toEqual([path, 200, '']);
    return JSON.parse(body) as T;
  };
  const window = (w: { from: string; to: string }): [string, string][] => Object.entries(w);

  beforeAll(async () => {
    works = await Works.open('embedded');
    await works.start();
    await works.deliver([new BatchMaker().make(lathe)]);
  });
  afterAll(() => works.close());

  test('says of every figure its formula, its inputs, and whether it was measured', async () => {
    const { figures, oee_factors } = await get<KpiResult>('kpis', [['scope', scope], ...window(early)]);
    expect(Object.keys(figures).toSorted()).toEqual(kpiIds.toSorted());
    expect(figures.availability).toEqual({
      value: 14_400 / 27_000,
      status: 'ok',
      unit: '%',
      decimals: 1,
      formula: 'availability@1',
      basis: 'measured',
      inputs: { apt_s: 14_400, observed_s: 27_000 },
      lower: undefined,
    });
    expect(figures.allocation_ratio).toMatchObject({
      value: 19_800 / 21_600,
      inputs: { order_aubt_s: 19_800, aoet_s: 21_600 },
    });
    expect(figures.throughput_rate?.value).toBeCloseTo(100 / 6, 9);
    expect(figures.worker_efficiency).toMatchObject({
      status: 'not_declared',
      basis: 'declared',
      inputs: {},
    });
    expect(oee_factors).toEqual(['availability', 'effectiveness', 'quality_ratio']);
  });

  test('answers with the figures that were asked for, and the factors of the profile', async () => {
    const { figures, oee_profile, oee_factors } = await get<KpiResult>('kpis', [
      ['scope', scope],
      ['kpi', 'oee'],
      ['kpi', 'mtbf'],
      ['oee_profile', 'nakajima'],
      ...window(early),
    ]);
    expect(oee_profile).toBe('nakajima');
    expect(Object.keys(figures).toSorted()).toEqual(['oee', 'mtbf', ...oee_factors].toSorted());
    const product = oee_factors.map((id) => figures[id]?.value ?? Number.NaN).reduce((a, b) => a * b, 1);
    expect(product).toBeCloseTo(figures.oee?.value ?? 0, 12);
  });

  test('pages through the periods of several scopes', async () => {
    const query: [string, string][] = [
      ['scope', scope],
      ['scope', 'acme/north/shop/turning'],
      ['grain', 'hour'],
      ['kpi', 'items'],
      ...window(early),
    ];
    const whole = await get<z.output<typeof KpiTable>>('kpis', query);
    expect(whole.results).toHaveLength(16);
    expect(whole.next_cursor).toBeUndefined();
    const paged: KpiResult[] = [];
    let cursor: string | undefined;
    do {
      const page: z.output<typeof KpiTable> = await get('kpis', [
        ...query,
        ['limit', '5'],
        ...(cursor === undefined ? [] : ([['cursor', cursor]] as [string, string][])),
      ]);
      expect(page.results.length).toBeLessThanOrEqual(5);
      paged.push(...page.results);
      cursor = page.next_cursor;
    } while (cursor !== undefined);
    expect(paged).toEqual(whole.results);
    const list = await get<z.output<typeof KpiList>>('kpis', [query[0]!, ...query.slice(2)]);
    expect(list.results).toEqual(whole.results.slice(0, 8));
    const foreign = await ask('kpis', [...query, ['cursor', '7.123']]);
    expect([foreign.status, await foreign.json()]).toMatchObject([400, { code: 'bad_request' }]);
  });

  test('answers 304 to whoever has the same answer', async () => {
    const query: [string, string][] = [['scope', scope], ...window(early)];
    let etag = '';
    const again = async () => {
      etag = (await ask('kpis', query)).headers.get('etag') ?? '';
      const response = await ask('kpis', query, { 'if-none-match': etag });
      return [response.status, await response.text()];
    };
    // Between the two a revision may have been published.
    await expect.poll(again).toEqual([304, '']);
    expect(etag).toMatch(/^"[\w-]{43}"$/);
    const other = await ask('kpis', [...query, ['kpi', 'oee']], { 'if-none-match': etag });
    expect(other.status).toBe(200);
  });

  test('gives one figure as a series', async () => {
    const { points, unit } = await get<z.output<typeof Series>>('series', [
      ['scope', scope],
      ['kpi', 'utilization_efficiency'],
      ['grain', 'shift'],
      ...window(day),
    ]);
    expect(unit).toBe('%');
    expect(points.map(({ shift, status }) => [shift?.id, status])).toEqual([
      ['early', 'ok'],
      ['late', 'partial'],
    ]);
  });

  test('compares shifts, periods and machines; what is absent has no difference', async () => {
    const shifts = await get<z.output<typeof Comparison>>('compare', [
      ['scope', scope],
      ['window', `${day.from}/${day.to}`],
      ['split', 'shift'],
      ['kpi', 'items'],
      ['kpi', 'mtbf'],
    ]);
    expect(shifts.sides.map((side) => [side.shift?.id, side.shifts, side.figures.items?.value])).toEqual([
      ['early', 1, 100],
      ['late', 1, 40],
    ]);
    expect(shifts.differences).toEqual([
      {
        side: 1,
        figures: { items: { difference: -60, ratio: -0.6, status: 'ok' }, mtbf: { status: 'no_failures' } },
      },
    ]);
    const machines = await get<z.output<typeof Comparison>>('compare', [
      ['scope', scope],
      ['scope', 'acme/north/shop/cell/mill'],
      ['window', `${early.from}/${early.to}`],
      ['kpi', 'availability'],
    ]);
    expect(machines.differences).toEqual([
      { side: 1, figures: { availability: { status: 'not_observed' } } },
    ]);
    const noneYet = await get<z.output<typeof Comparison>>('compare', [
      ['scope', scope],
      ['window', `${isoFromNs(at('05:00'))}/${early.from}`],
      ['split', 'shift'],
    ]);
    expect(noneYet).toEqual({ sides: [], differences: [] });
    const alone = await ask('compare', [
      ['scope', scope],
      ['window', `${day.from}/${day.to}`],
    ]);
    expect(alone.status).toBe(400);
  });

  test('compares along time and as a table, with the same figures, and says which shifts a side is', async () => {
    const question: [string, string][] = [
      ['scope', scope],
      ['window', `${day.from}/${day.to}`],
      ['split', 'shift'],
      ['grain', 'shift'],
      ['kpi', 'items'],
      ['kpi', 'mtbf'],
    ];
    const { sides } = await get<z.output<typeof Comparison>>('compare', question);
    expect(sides[0]?.parts).toEqual([early]);
    expect(sides.map(({ periods }) => periods?.map(({ figures }) => figures.items?.value))).toEqual([
      [100],
      [40],
    ]);
    const machines = await get<z.output<typeof Comparison>>('compare', [
      ['scope', scope],
      ['scope', 'acme'],
      ['window', `${early.from}/${early.to}`],
      ['grain', 'hour'],
      ['kpi', 'items'],
    ]);
    const along = machines.sides[0]?.periods ?? [];
    expect(along.map(({ from }) => from)).toEqual(
      [6, 7, 8, 9, 10, 11, 12, 13].map((h) => isoFromNs(at(`${h}:00`.padStart(5, '0')))),
    );

    const table = await ask('compare/table', [...question, ['format', 'csv'], ['lang', 'zh']]);
    const lines = (await table.text()).split('\r\n').map((line) => line.split(','));
    expect(lines[0]?.slice(0, 3)).toEqual(['对比方', '部分', '范围']);
    const [value, id] = ['数值', '指标代码'].map((name) => lines[0]?.indexOf(name) ?? -1);
    const rows = lines
      .slice(1, -1)
      .map((line) => [line[0], line[1], line[id!], line[value!], ...line.slice(-3)]);
    expect(rows).toEqual([
      ['1', '合计', 'mtbf', '', '', '', ''],
      ['1', '合计', 'items', '100', '', '', ''],
      ['1', '分段', 'mtbf', '', '', '', ''],
      ['1', '分段', 'items', '100', '', '', ''],
      ['2', '合计', 'mtbf', '', '', '', '无故障'],
      ['2', '合计', 'items', '40', '-60', '-0.6', '完整'],
      ['2', '分段', 'mtbf', '', '', '', ''],
      ['2', '分段', 'items', '40', '', '', ''],
    ]);
    const workbook = await ask('compare/table', [...question, ['format', 'xlsx']]);
    expect(
      Buffer.from(await workbook.arrayBuffer())
        .subarray(0, 2)
        .toString(),
    ).toBe('PK');
    const tooMany = await ask('compare', [...question.slice(0, 3), ['grain', 'hour']]);
    expect(await tooMany.json()).toMatchObject({ hint: expect.stringContaining('grain=shift') });
  });

  test('gives the states of several machines in one call', async () => {
    const { machines } = await get<z.output<typeof StateLists>>('states', [
      ['machine', 'lathe'],
      ['machine', 'mill'],
      ...window(early),
    ]);
    expect(machines.map(({ machine, states }) => [machine, states.map((s) => s.state)])).toEqual([
      ['lathe', ['producing', 'waiting']],
      ['mill', ['unobserved']],
    ]);
  });

  test('takes the CNC ratio over processes, stations or their value', async () => {
    const ratio = (basis: string) =>
      get<z.output<typeof CncRatio>>('cnc-ratio', [['scope', 'acme'], ['basis', basis], ...window(early)]);
    expect((await ratio('process_count')).declared).toMatchObject({ value: 0.75, basis: 'declared' });
    const equipment = await ratio('equipment_count');
    expect(equipment.declared).toMatchObject({ value: 2 / 3, inputs: { declared_stations: 2, stations: 3 } });
    expect(equipment.active).toMatchObject({ value: 1 / 3, basis: 'measured' });
    expect((await ratio('asset_value')).declared.status).toBe('not_declared');
  });

  test('exports CSV with a byte order mark, quotes and Chinese headings', async () => {
    const asked = { scope, grain: 'shift', format: 'csv', lang: 'zh', ...early };
    const kpis: [string, string][] = ['oee', 'mtbf'].map((id) => ['kpi', id]);
    const response = await ask('kpis/table', [...Object.entries(asked), ...kpis]);
    expect(response.headers.get('content-type')).toContain('text/csv');
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    const [headings, ...rows] = bytes.toString().slice(1).split('\r\n');
    expect(headings).toMatch(/^范围,开始,结束,时区,班次,/);
    expect(rows.at(-1)).toBe('');
    expect(rows.find((row) => row.includes(',mtbf,'))).toMatch(
      /^acme\/north\/shop\/turning\/lathe,2026-03-01T22:00:00\.000Z,2026-03-02T06:00:00\.000Z,Asia\/Shanghai,早班,2026-03-02,平均故障间隔时间 \(MTBF\),mtbf,,h,无故障,,,1,(true|false),\d,实测,mtbf@1,observed_s=\d+; fault_s=0; failures=0$/,
    );
  });

  test('exports a workbook that a zip program finds whole', async ({ skip }) => {
    skip(spawnSync('python3', ['--version']).status !== 0, 'needs python3 on the PATH');
    const response = await ask('kpis/table', [['scope', scope], ['format', 'xlsx'], ...window(early)]);
    const folder = mkdtempSync(join(tmpdir(), 'benchline-xlsx-'));
    const file = join(folder, 'kpis.xlsx');
    writeFileSync(file, Buffer.from(await response.arrayBuffer()));
    const python = `import json,zipfile,sys,xml.dom.minidom as m
z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None
docs={n:m.parseString(z.read(n)) for n in z.namelist()}
sheet=docs['xl/worksheets/sheet1.xml']
def said(c): t=c.getElementsByTagName('t') or c.getElementsByTagName('v'); return t[0].firstChild.data
rows=[{c.getAttribute('r').rstrip('0123456789'):(c.getAttribute('t'),said(c)) for c in r.getElementsByTagName('c')} for r in sheet.getElementsByTagName('row')]
at={text:c for c,(_,text) in rows[0].items()}
figures={r[at['Id']][1]:r.get(at['Value']) for r in rows[1:]}
assert all(v is None or v[0]=='' for v in figures.values())
print(json.dumps([len(docs),rows[0]['A'][1],{k:v and json.loads(v[1]) for k,v in figures.items()}]))`;
    const { stdout, stderr } = spawnSync('python3', ['-c', python, file], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    expect(stderr).toBe('');
    const told = await get<KpiResult>('kpis', [['scope', scope], ...window(early)]);
    const figures = Object.fromEntries(kpiIds.map((id) => [id, told.figures[id]?.value ?? null]));
    expect(JSON.parse(stdout)).toEqual([5, 'Scope', figures]);
  });
});
