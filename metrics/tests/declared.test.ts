import type { DeclaredInput, Entry } from '@benchline/model';
import { describe, expect, test } from 'vitest';
import { declaredInputsOf } from '../src/entries/declared.ts';
import { declaredFigures } from '../src/kpis/declared-figures.ts';

let entered_ns = 0n;
function declare(input: DeclaredInput, from_ns: bigint, to_ns: bigint, value: number): Entry {
  entered_ns += 1n;
  return {
    id: crypto.randomUUID(),
    author: 'clerk',
    entered_ns,
    reason: 'monthly figures',
    subject: 'acme/north',
    from_ns,
    to_ns,
    statement: { kind: 'declared_input', input, value, unit: 'item' },
  };
}
const values = (entries: Entry[], ...windows: [bigint, bigint][]) =>
  Object.fromEntries(
    declaredInputsOf(
      entries,
      windows.map(([from_ns, to_ns]) => ({ from_ns, to_ns })),
    ),
  );

describe('what people declare', () => {
  test('holds for the whole window, or adds up where it fills the window', () => {
    const days = [declare('throughput', 0n, 10n, 3), declare('throughput', 10n, 20n, 4)];
    expect(values(days, [0n, 20n])).toEqual({ throughput: 7 });
    expect(values(days, [0n, 10n], [10n, 20n])).toEqual({ throughput: 7 });
    expect(values([...days, declare('throughput', 0n, 20n, 8)], [0n, 20n])).toEqual({ throughput: 8 });
  });

  test('is never divided, and says nothing where it leaves a hole', () => {
    const day = [declare('throughput', 0n, 10n, 3)];
    expect(values(day, [0n, 5n])).toEqual({});
    expect(values(day, [0n, 20n])).toEqual({});
    expect(values(day, [0n, 10n], [10n, 20n])).toEqual({});
    expect(values([...day, declare('throughput', 11n, 20n, 3)], [0n, 20n])).toEqual({});
  });

  test('takes the later of two about the same stretch, and the mean of a stock', () => {
    expect(values([declare('throughput', 0n, 10n, 3), declare('throughput', 0n, 10n, 4)], [0n, 10n])).toEqual(
      {
        throughput: 4,
      },
    );
    const stock = [declare('average_inventory', 0n, 10n, 100), declare('average_inventory', 10n, 40n, 20)];
    expect(values(stock, [0n, 40n])).toEqual({ average_inventory: 40 });
  });

  test('gives figures that say so, and none while some input is missing or nothing', () => {
    const declared = new Map<DeclaredInput, number>([
      ['throughput', 600],
      ['average_inventory', 0],
      ['consumed_material', 700],
      ['other_loss', 7],
    ]);
    const figures = declaredFigures(declared);
    expect(figures.other_loss_ratio).toEqual({
      value: 0.01,
      status: 'ok',
      basis: 'declared',
      inputs: { other_loss: 7, consumed_material: 700 },
    });
    expect(figures.inventory_turns).toMatchObject({ status: 'no_items', basis: 'declared' });
    expect(figures.worker_efficiency).toEqual({ status: 'not_declared', basis: 'declared' });
  });
});
