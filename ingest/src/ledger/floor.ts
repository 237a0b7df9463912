import { BenchlineError } from '@benchline/model';

/** @throws BenchlineError `ledger_retired` for an offset below the floor. */
export function assertNotRetired(ledger: { id: string; floor: number }, offset: number): void {
  if (offset >= ledger.floor) return;
  throw new BenchlineError(
    'ledger_retired',
    `the ledger '${ledger.id}' begins at record ${ledger.floor}: its retention has deleted what was before`,
    { hint: `read it from ${ledger.floor}` },
  );
}
