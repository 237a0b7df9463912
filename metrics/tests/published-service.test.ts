import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Entry, entryToJson, nsFromIso, nsNow, type Value } from '@benchline/model';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import type { RevisionList } from '../src/api/revision-schemas.ts';
import type { KpiList } from '../src/api/schemas.ts';
import { BatchMaker } from './kit/batches.ts';
import { Works } from './kit/service.ts';

const soon = { timeout: 15_000, interval: 200 };
const at = (clock: string) => nsFromIso(`2026-03-02T${clock}:00+08:00`);
const say = (clock: string, value: Value) => ({
  ...{ signal: 'state', source_time_ns: at(clock), ordinal: 0, status: 0 },
  value,
});
const mill = 'acme/north/shop/cell/mill';
const week = { from: '2026-03-01T00:00:00+08:00', to: '2026-03-08T00:00:00+08:00' };

let works: Works;
let maker: BatchMaker;
beforeEach(async () => {
  works = await Works.open('embedded');
  maker = new BatchMaker();
});
afterEach(() => works.close());

const work = () =>
  maker.make({
    machine: 'mill',
    observations: [say('08:00', 'producing'), say('08:30', 'waiting')],
    observed: { from_ns: at('08:00'), until_ns: at('10:00') },
  });
const late = () =>
  maker.make({ machine: 'mill', observations: [say('08:10', 'fault'), say('08:20', 'producing')] });

const revisions = async (grain: string) =>
  (await works.get<z.output<typeof RevisionList>>('/api/v1/revisions', { scope: mill, grain, ...week }))
    .revisions;
const days = async () => (await revisions('day')).map(({ revision }) => revision);
/** What was published, each once by its name and number. */
const published = () =>
  works.feed.publications.flatMap(({ periods }) =>
    periods.map(({ scope, grain, from_ns, revision }) => `${scope} ${grain} ${from_ns} ${revision}`),
  );

describe('the metrics service', () => {
  test('shows what was published, what changed since, why and by whom', async () => {
    await works.start();
    await works.deliver([work()]);
    await expect.poll(days, soon).toEqual([1]);
    await works.deliver([late()]);
    await expect.poll(days, soon).toEqual([1, 2]);
    const [, second] = await revisions('day');
    expect(second).toMatchObject({ by: 'local', why: [{ by: 'edge/controller' }] });
    expect(second?.changes.map(({ kpi }) => kpi)).toContain('availability');
    const entry: Entry = {
      ...{ id: crypto.randomUUID(), author: 'clerk', reason: 'it was serviced', subject: 'mill' },
      ...{ entered_ns: nsNow(), from_ns: at('09:00'), to_ns: at('09:30') },
      statement: { kind: 'state', state: 'planned_maintenance' },
    };
    works.feed.record({ kind: 'entry', entry: entryToJson(entry) });
    await expect.poll(days, soon).toEqual([1, 2, 3]);
    const said = { kind: 'state', note: 'it was serviced' };
    expect((await revisions('day'))[2]?.why).toMatchObject([{ by: 'clerk', said }]);
    const list = { scope: mill, grain: 'day', from: week.from, to: '2026-03-03T00:00:00+08:00' };
    const { results } = await works.get<z.output<typeof KpiList>>('/api/v1/kpis', list);
    expect(results.at(-1)).toMatchObject({ revision: 3, provisional: false });

    // Withdrawn while somebody pages through what holds: the next page goes on behind it, and begins nothing anew.
    const earlier: Entry = { ...entry, id: crypto.randomUUID(), from_ns: at('08:40'), to_ns: at('08:50') };
    const statement = { kind: 'withdrawal' } as const;
    const { to_ns: _, ...instant } = entry;
    const withdrawal = {
      ...{ ...instant, statement, entered_ns: nsNow() },
      ...{ id: crypto.randomUUID(), supersedes: entry.id },
    };
    for (const each of [earlier, withdrawal]) works.feed.record({ kind: 'entry', entry: entryToJson(each) });
    const ids = async (after: string) =>
      (
        await works.get<{ entries: { id: string }[] }>('/api/v1/entries', {
          scope: mill,
          holding: 'true',
          after,
        })
      ).entries.map(({ id }) => id);
    await expect.poll(() => ids(entry.id), soon).toEqual([earlier.id]);
    const unknown = await fetch(`${works.url}/api/v1/entries?scope=${mill}&after=${crypto.randomUUID()}`);
    expect(unknown.status).toBe(400);
  });

  test('that is ended before a publication is recorded makes it once when it starts again', async () => {
    works.feed.refusing = 503;
    await works.start();
    await works.deliver([work()]);
    await expect.poll(() => works.feed.asked.length, soon).toBeGreaterThan(0);
    await works.stop();
    works.feed.refusing = undefined;
    await works.start();
    await expect.poll(days, soon).toEqual([1]);
    expect(new Set(published()).size).toBe(published().length);
  });

  test('that is ended before it learns that a publication is recorded does not make it again', async () => {
    const never = Promise.withResolvers<void>();
    works.feed.onPublished = () => never.promise;
    await works.start();
    await works.deliver([work()]);
    await expect.poll(() => works.feed.publications.length, soon).toBe(1);
    await works.stop();
    works.feed.onPublished = undefined;
    await works.start();
    await expect.poll(days, soon).toEqual([1]);
    await works.deliver([late()]);
    await expect.poll(days, soon).toEqual([1, 2]);
    expect(new Set(published()).size).toBe(published().length);
    never.resolve();
  });

  test('finds the same revisions in the ledger when its store is lost', async () => {
    await works.start();
    await works.deliver([work()]);
    await expect.poll(days, soon).toEqual([1]);
    await works.deliver([late()]);
    await expect.poll(days, soon).toEqual([1, 2]);
    const before = { days: await revisions('day'), hours: await revisions('hour'), all: published() };
    await works.stop();
    for (const end of ['', '.wal', '.revisions', '.revisions-wal', '.revisions-shm', '.accounts'])
      rmSync(join(works.folder, `store.duckdb${end}`), { force: true });
    await works.start();
    await works.caughtUp();
    expect(await revisions('day')).toEqual(before.days);
    expect(await revisions('hour')).toEqual(before.hours);
    expect(published()).toEqual(before.all);
  });
});
