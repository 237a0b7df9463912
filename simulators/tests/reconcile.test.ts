import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Value } from '@benchline/model';
import { describe, expect, it } from 'vitest';
import { type Finding, reconcile, type Stored, type StoredObservation } from '../src/box/reconcile.ts';
import { truthLine } from '../src/time/truth-file.ts';
import { testFolder } from './support/folder.ts';

interface Point {
  machine: string;
  signal: string;
  time_ms: number;
  value: Value;
}

const points: Point[] = Array.from({ length: 100 }, (_, i) => ({
  machine: i % 2 === 0 ? 'press-1' : 'lathe-1',
  signal: 'good-items',
  time_ms: 1_800_000_000_000 + 10 * i,
  value: BigInt(i),
}));

function truthOf(emitted: readonly Point[]): string {
  const folder = testFolder();
  appendFileSync(join(folder, 'line.ndjson'), emitted.map(truthLine).join(''));
  // What was torn off was never on the wire.
  appendFileSync(join(folder, 'line.ndjson'), '{"machine":"pre');
  return folder;
}

const stored = ({ signal, time_ms, value }: Point): StoredObservation => ({
  signal,
  source_time_ns: BigInt(time_ms) * 1_000_000n,
  ordinal: 0,
  value,
});

function storeOf(held: readonly Point[], gapMachine?: string): Stored {
  return {
    async *observations(machine, from, to) {
      for (const point of held)
        if (point.machine === machine && point.time_ms > Date.parse(from) && point.time_ms <= Date.parse(to))
          yield await Promise.resolve(stored(point));
    },
    gaps: (machine) =>
      Promise.resolve(
        machine === gapMachine ? [{ from_ns: 0n, to_ns: 2n ** 62n, reason: 'gateway_restart' }] : [],
      ),
  };
}

const clean = { declared_gaps: 0, missing: 0, wrong: 0, invented: 0, doubled: 0 };

async function compared(store: Stored) {
  const findings: Finding[] = [];
  const account = await reconcile(truthOf(points), store, (finding) => findings.push(finding));
  return { account, findings };
}

describe('truth logs beside a store', () => {
  it('agree when everything is stored once as it was', async () => {
    const { account, findings } = await compared(storeOf(points));
    expect(account).toEqual({ ...clean, emitted: 100, stored: 100 });
    expect(findings).toEqual([]);
  });

  it('leave out what a server said before it knew a value', async () => {
    const store = storeOf(points);
    const account = await reconcile(truthOf(points), {
      ...store,
      async *observations(machine, from, to) {
        yield* store.observations(machine, from, to);
        const [first] = points as [Point];
        if (machine === first.machine)
          yield { signal: 'diameter', source_time_ns: BigInt(first.time_ms) * 1_000_000n, ordinal: 0 };
      },
    });
    expect(account).toEqual({ ...clean, emitted: 100, stored: 100 });
  });

  it('tell what is missing from what lies in a declared gap', async () => {
    const { account, findings } = await compared(storeOf(points.slice(4), 'press-1'));
    expect(account).toEqual({ ...clean, emitted: 100, stored: 96, declared_gaps: 2, missing: 2 });
    expect(findings.map(({ what, machine }) => `${what} ${machine}`).sort()).toEqual([
      'declared press-1',
      'declared press-1',
      'missing lathe-1',
      'missing lathe-1',
    ]);
  });

  it('tell what is stored twice, with another value, or though nobody said it', async () => {
    const [first, second] = points as [Point, Point];
    const wrong = { ...second, value: 999n };
    const invented = { ...first, time_ms: first.time_ms + 1 };
    const { account } = await compared(storeOf([first, first, wrong, invented, ...points.slice(2)]));
    expect(account).toEqual({ ...clean, emitted: 100, stored: 99, doubled: 1, wrong: 1, invented: 1 });
  });

  it('take a whole number for the same quantity whether it comes as an integer or as a number', async () => {
    const numbers = points.map((point) => ({ ...point, value: Number(point.value) }));
    expect((await compared(storeOf(numbers))).account).toEqual({ ...clean, emitted: 100, stored: 100 });
  });
});
