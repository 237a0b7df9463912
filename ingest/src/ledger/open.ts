import { join } from 'node:path';
import { BenchlineError, type Log } from '@benchline/model';
import { type Journal, openJournal } from '@benchline/store/journal';
import { type Chain, recentBatches } from './chain.ts';
import { type Checkpoint, readCheckpoint } from './checkpoint.ts';
import { LedgerHeads, RecentDigests } from './heads.ts';
import { Ledger } from './ledger.ts';
import { decodeRecord } from './record-line.ts';

const scanBytes = 4 << 20;
/** Nothing is ever deleted, so files may be large; the newest is read whole when the ledger is opened. */
const segmentBytes = 32 << 20;

/**
 * Opens the ledger in a folder, or begins one, and works out where every gateway's chain stands.
 * @throws BenchlineError `config_invalid` when the folder holds the ledger of another id.
 */
export async function openLedger(options: {
  folder: string;
  ledger_id: string;
  log: Log;
}): Promise<{ ledger: Ledger; chains: ReadonlyMap<string, Chain> }> {
  const { folder, ledger_id, log } = options;
  const checkpointFile = join(folder, 'checkpoint.json');
  const checkpoint = await readCheckpoint(checkpointFile);
  if (checkpoint && checkpoint.ledger_id !== ledger_id)
    throw new BenchlineError(
      'config_invalid',
      `${folder} holds the ledger '${checkpoint.ledger_id}', not '${ledger_id}'`,
      { hint: 'set ledger_id back, or name another data_dir to begin a new ledger' },
    );
  const journal = await openJournal({ folder: join(folder, 'journal'), segment_bytes: segmentBytes });
  try {
    const { heads, chains } = await scan(journal, checkpoint);
    const ledger = new Ledger({ id: ledger_id, journal, heads, checkpointFile, log });
    await ledger.checkpoint();
    return { ledger, chains };
  } catch (error) {
    await journal.close();
    throw error;
  }
}

/**
 * Reads the records after the checkpoint for the heads, and the last ones anyway for their digests. A checkpoint
 * from beyond the journal's end says that the journal lost its tail: then nothing in it is believed.
 */
async function scan(journal: Journal, found: Checkpoint | undefined) {
  const checkpoint = found && found.next <= journal.next ? found : undefined;
  const heads = new LedgerHeads(checkpoint);
  const recent = new RecentDigests();
  const counted = checkpoint?.next ?? 0;
  let position = Math.max(0, Math.min(counted, journal.next - recentBatches));
  while (position < journal.next) {
    const read = await journal.read(position, scanBytes);
    for (const { position: offset, data } of read.records) {
      const record = decodeRecord(data);
      if (offset >= counted) heads.apply(record, offset);
      recent.apply(record);
    }
    position = read.next;
  }
  const chains = new Map(
    [...heads.byGateway].map(([gateway, head]) => [gateway, recent.chain(gateway, head)] as const),
  );
  return { heads, chains };
}
