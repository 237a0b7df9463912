/** One row of a Pareto: what it is, and how much of it there was. */
export interface ParetoRow<T> {
  of: T;
  amount: bigint;
  /** Of the sum of all rows. */
  share: number;
  /** Of this row and those above it. */
  cumulative: number;
}

/**
 * Rows by falling amount; of equal ones in the order given. Shares of a sum of zero are zero, for there is nothing
 * of which they would be a part.
 */
export function paretoOf<T>(items: readonly T[], amountOf: (item: T) => bigint): ParetoRow<T>[] {
  const amounts = items.map((of) => ({ of, amount: amountOf(of) }));
  const total = amounts.reduce((sum, { amount }) => sum + amount, 0n);
  const shareOf = (amount: bigint) => (total === 0n ? 0 : Number(amount) / Number(total));
  let running = 0n;
  return amounts
    .sort((a, b) => (a.amount > b.amount ? -1 : a.amount < b.amount ? 1 : 0))
    .map(({ of, amount }) => {
      running += amount;
      return { of, amount, share: shareOf(amount), cumulative: shareOf(running) };
    });
}
