import { nsNow } from '@benchline/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Forecast } from '../src/spool/forecast.ts';
import { openSpool } from '../src/spool/index.ts';
import type { Spool, SpoolOptions } from '../src/spool/port.ts';
import { checkChain, draftOf, gatewayKey } from './support/batches.ts';
import { allFrom, SpoolPlace } from './support/spool-place.ts';

const huge = Number.MAX_SAFE_INTEGER;

let place: SpoolPlace;
let spools: Spool[];
beforeEach(() => {
  place = new SpoolPlace();
  spools = [];
});
afterEach(async () => {
  for (const spool of spools) await spool.close();
  await place.remove();
});

async function open(options: Partial<SpoolOptions>): Promise<Spool> {
  const spool = await openSpool({ folder: place.folder, gateway: 'gw-1', key: gatewayKey, ...options });
  spools.push(spool);
  return spool;
}

async function fill(spool: Spool, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await spool.append([draftOf(n, { gateway_time_ns: nsNow() })]);
}

describe('a spool that must not lose anything', () => {
  it('takes nothing more at its bound, says so, and goes on when a ledger has what it holds', async () => {
    const spool = await open({ max_bytes: 30_000, when_full: 'stop_taking' });
    await expect(fill(spool, 100)).rejects.toMatchObject({ code: 'journal_full', retryable: true });
    const { next } = spool;
    expect(spool.status()).toMatchObject({ floor: 0, refusing: true, evicted_batches: 0 });
    await expect(spool.append([draftOf(0)])).rejects.toMatchObject({ code: 'journal_full' });
    const batches = await allFrom(spool);
    await spool.acknowledge(next - 1, batches.at(-1)?.digest ?? '');
    expect(await spool.append([draftOf(next)])).toBe(next);
    expect(spool.status()).toMatchObject({ refusing: false, evicted_batches: 0 });
  });
});

describe('a spool on a disk that others need, too', () => {
  it('deletes down to what it writes to, and declares it', async () => {
    const spool = await open({ max_bytes: 60_000, min_free_bytes: huge });
    await fill(spool, 60);
    const { lost, free_bytes, min_free_bytes, floor } = spool.status();
    expect(lost).toEqual({ bytes: 0, age: 0, disk: floor, damaged: 0 });
    expect(floor).toBeGreaterThan(20);
    expect([free_bytes !== undefined, min_free_bytes]).toEqual([true, huge]);
    const batches = await allFrom(spool, floor);
    checkChain(batches);
    expect(batches.flatMap(({ content }) => content.gaps).map(({ reason }) => reason)).toContain('evicted');
  });

  it('keeps what a ledger has for as long as there is room, and deletes that first', async () => {
    const spool = await open({ max_bytes: 60_000 });
    await fill(spool, 20);
    const batches = await allFrom(spool);
    await spool.acknowledge(19, batches.at(-1)?.digest ?? '');
    expect(spool.floor).toBe(0);
    await fill(spool, 20);
    await fill(spool, 40);
    expect(spool.floor).toBeGreaterThan(0);
    expect(spool.status().evicted_batches).toBe(0);
  });
});

it('deletes what is too old, and declares what no ledger has of it', async () => {
  const spool = await open({ max_bytes: 60_000, max_age_h: 1 });
  for (let n = 0; n < 40; n += 1) await spool.append([draftOf(n)]);
  const { lost, floor } = spool.status();
  expect(lost.age).toBe(floor);
  expect(floor).toBeGreaterThan(20);
});

it('belongs to one process', async () => {
  const spool = await open({});
  await expect(open({})).rejects.toMatchObject({ code: 'folder_locked' });
  await spool.close();
  await open({});
});

describe('the forecast', () => {
  const minute_ms = 60_000;

  it('is the room at the rate of the last minutes', () => {
    const forecast = new Forecast(0);
    for (let now = 0; now < 30 * minute_ms; now += 1000) forecast.add(now < 15 * minute_ms ? 500 : 1000, now);
    const left = forecast.left(3_600_000, undefined, 30 * minute_ms);
    expect('hours' in left ? left.hours : 0).toBeCloseTo(1, 1);
    expect(forecast.left(3_600_000, 0.5, 30 * minute_ms)).toEqual({ hours: 0.5 });
    expect(forecast.left(-1, undefined, 30 * minute_ms)).toEqual({ hours: 0 });
  });

  it('is none before there is a rate', () => {
    const forecast = new Forecast(0);
    forecast.add(100, 1000);
    expect(forecast.left(1000, undefined, 2000)).toEqual({ unknown: 'measuring' });
    expect(forecast.left(1000, undefined, 20 * minute_ms)).toEqual({ unknown: 'nothing_arrives' });
  });
});
