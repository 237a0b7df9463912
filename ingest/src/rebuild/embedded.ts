import { placementOf } from '@benchline/store';
// Only this file does, and only the command loads it.
// oxlint-disable-next-line no-restricted-imports
import { openEmbeddedStore } from '@benchline/store/embedded';
import { gather } from '../projection/gather.ts';
import { interrupted } from './influx.ts';
import type { Progress } from './progress.ts';
import type { LedgerView } from './view.ts';

/**
 * Writes a whole ledger into a file of the embedded store, going on where an earlier run, or the metrics service,
 * has stopped.
 * @throws BenchlineError `store_unavailable` while another process has the file.
 */
export async function rebuildEmbedded(
  ledger: LedgerView,
  { file, progress, signal }: { file: string; progress: Progress; signal: AbortSignal },
): Promise<void> {
  const store = await openEmbeddedStore({ file, placement: placementOf(ledger.plant) });
  try {
    let next = await begin(ledger, { next: (await store.cursor()) ?? 0, line: await store.cursorLine() });
    while (next < ledger.next) {
      if (signal.aborted) throw interrupted();
      const portion = await gather(ledger, next);
      next = portion.next;
      const line = await ledger.lineDigest(next - 1);
      progress.wrote(portion.write, await store.write(portion.write, { cursor: next, cursor_line: line }));
      progress.reached(next);
    }
  } finally {
    await store.close();
  }
}

/** Where to go on: at the ledger's beginning when the file was filled from another one. */
async function begin(ledger: LedgerView, at: { next: number; line: string | undefined }): Promise<number> {
  const line = at.next > ledger.next ? undefined : await ledger.lineDigest(at.next - 1);
  const same = at.next <= ledger.next && (line === undefined || at.line === undefined || line === at.line);
  return Math.max(same ? at.next : 0, ledger.floor);
}
