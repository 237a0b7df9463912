import type { Account } from '../accounts/account.ts';
import { usesOf } from './by-state.ts';

/** What one machine, in one state, making one product, did to a difference. Amounts in 10⁻⁹ units. */
export interface Contribution {
  /** Id of the machine or meter. */
  asset: string;
  state: string;
  /** Id of the product; empty where none was known, or for a meter. */
  product: string;
  actual: bigint;
  usual: bigint;
  /** actual − usual. */
  difference: bigint;
}

/** Energy of a scope by machine, state and product; `asset/state/product` → 10⁻⁹ units. */
export type EnergyCells = ReadonlyMap<string, bigint>;

/** State of what no machine's state explains: energy of meters beyond the machines that they measure. */
const unexplained = 'not_by_state';

/**
 * What makes up the energy of a scope: each machine's energy by state and product; what counts in the scope beyond
 * them (meters of lines, machines without states) stands for itself, so that the cells add up to `total`.
 * @param total 10⁻⁹ units of the scope, as its figures say it.
 */
export function energyCells(
  accounts: readonly { asset: string; account: Account }[],
  carrier: string,
  scope: string,
  total: bigint,
): EnergyCells {
  const cells = new Map<string, bigint>();
  let known = 0n;
  for (const { asset, account } of accounts)
    for (const { key, use } of usesOf(account.energy_uses, carrier)) {
      const net = use.import - use.export;
      known += net;
      add(cells, `${asset}/${key.state}/${key.product}`, net);
    }
  if (total !== known) add(cells, `${scope}/${unexplained}/`, total - known);
  return cells;
}

/**
 * Takes the difference between a period and what is usual apart: of each cell, what it was less its mean over the
 * reference periods. The mean is rounded down to whole units, cell by cell, and the usual total is the sum of them:
 * contributions add up to the difference exactly. The largest come first.
 */
export function explain(
  actual: EnergyCells,
  references: readonly EnergyCells[],
): { actual: bigint; usual: bigint; difference: bigint; contributions: Contribution[] } {
  const count = BigInt(references.length);
  const keys = new Set([...actual.keys(), ...references.flatMap((cells) => [...cells.keys()])]);
  const contributions = [...keys].map((key): Contribution => {
    const [product = '', state = '', ...asset] = key.split('/').toReversed();
    const sum = references.reduce((all, cells) => all + (cells.get(key) ?? 0n), 0n);
    const usual = count === 0n ? 0n : sum / count;
    const is = actual.get(key) ?? 0n;
    return {
      asset: asset.toReversed().join('/'),
      state,
      product,
      actual: is,
      usual,
      difference: is - usual,
    };
  });
  contributions.sort((a, b) => Number(absolute(b.difference) - absolute(a.difference)));
  const total = (of: (c: Contribution) => bigint) => contributions.reduce((all, c) => all + of(c), 0n);
  return {
    actual: total((c) => c.actual),
    usual: total((c) => c.usual),
    difference: total((c) => c.difference),
    contributions,
  };
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function add(cells: Map<string, bigint>, key: string, amount: bigint): void {
  cells.set(key, (cells.get(key) ?? 0n) + amount);
}
