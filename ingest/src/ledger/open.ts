import { join } from 'node:path';
import { BenchlineError, type Log, Slug } from '@benchline/model';
import { type Journal, openJournal } from '@benchline/store/journal';
import { z } from 'zod';
import { readJson, writeJson } from '../json-file.ts';
import { Book } from './book.ts';
import { Chain, recentBatches } from './chain.ts';
import { Ledger } from './ledger.ts';
import { batchMarkOf } from './record-line.ts';
import { emptySummary, type Summary } from './summary.ts';
import { SummaryFiles } from './summary-files.ts';

const scanBytes = 4 << 20;
/** Twice what one gateway has on its way: what lies further back and is sent again the ledger is asked about. */
const recentBytes = 16 << 20;
/** The newest is read whole when the ledger is opened. */
const defaultSegmentBytes = 32 << 20;
/** Two seconds of twenty thousand values a second: projection and feed read what has just come. */
const tailBytes = 4 << 20;

const Identity = z.strictObject({ v: z.literal(1), ledger_id: Slug });

/** Where a ledger keeps its records. */
export function journalFolder(folder: string): string {
  return join(folder, 'journal');
}

/**
 * Opens the ledger in a folder, or begins one, and works out where every gateway's chain stands. Whatever is damaged
 * is counted and asked for again; it never keeps a ledger from opening.
 * @throws BenchlineError `config_invalid` when the folder holds the ledger of another id.
 */
export async function openLedger(options: {
  folder: string;
  ledger_id: string;
  log: Log;
  segment_bytes?: number;
}): Promise<{ ledger: Ledger; chains: ReadonlyMap<string, Chain> }> {
  const { folder, ledger_id, log, segment_bytes = defaultSegmentBytes } = options;
  await identify(folder, ledger_id, log);
  const journal = await openJournal({
    folder: journalFolder(folder),
    segment_bytes,
    behind_damage: 'keep',
    tail_bytes: tailBytes,
  });
  try {
    const files = new SummaryFiles(join(folder, 'index'), log);
    const book = new Book(withLostBeginning(await files.all(journal), journal));
    const ledger = new Ledger({ id: ledger_id, journal, book, files, log });
    // A crash may have come between the record that says so and the deletion.
    if (book.retired) await ledger.trim(book.retired.below_offset);
    return { ledger, chains: await chainsOf(journal, book) };
  } catch (error) {
    await journal.close();
    throw error;
  }
}

/** Where the oldest segments are gone and no retention says so, they are damage like any other. */
function withLostBeginning(summaries: Summary[], { floor }: Journal): Summary[] {
  const from = summaries.findLast(({ retired }) => retired)?.retired?.below_offset ?? 0;
  if (floor <= from) return summaries;
  return [{ ...emptySummary(from), end: floor, missing: [{ from, to: floor }] }, ...summaries];
}

/** Whose ledger a folder holds, as far as it says so. */
export async function ledgerIdOf(folder: string): Promise<string | undefined> {
  return Identity.safeParse(await readJson(join(folder, 'ledger.json'))).data?.ledger_id;
}

async function identify(folder: string, ledger_id: string, log: Log): Promise<void> {
  const found = await ledgerIdOf(folder);
  if (found === ledger_id) return;
  const file = join(folder, 'ledger.json');
  if (found !== undefined)
    throw new BenchlineError('config_invalid', `${folder} holds the ledger '${found}', not '${ledger_id}'`, {
      hint: 'set ledger_id back, or name another data_dir to begin a new ledger',
    });
  await writeJson(file, { v: 1, ledger_id }).catch((error: unknown) =>
    log.warn({ reason: String(error) }, 'cannot note whose ledger this is'),
  );
}

/** Where the last batches begin: large ones are no more worth reading than gateways have of them on their way. */
function recentFrom({ segments, floor, next }: Journal): number {
  let from = next;
  let bytesLeft = recentBytes;
  for (const { first, end, bytes } of segments.toReversed()) {
    const fitting = bytes <= bytesLeft ? end - first : Math.ceil(((end - first) * bytesLeft) / bytes);
    from = end - fitting;
    if (from > first) break;
    bytesLeft -= bytes;
  }
  return Math.max(floor, from, next - recentBatches);
}

/** The last batches are remembered by digest, so that re-sent ones are recognised at once after a restart. */
async function chainsOf(journal: Journal, book: Book): Promise<ReadonlyMap<string, Chain>> {
  const recent = new Map<string, [seq: number, digest: string][]>();
  let position = recentFrom(journal);
  while (position < journal.next) {
    const read = await journal.read(position, scanBytes);
    for (const { data } of read.records) {
      const mark = batchMarkOf(data);
      if (!mark || mark.epoch !== book.head(mark.gateway)?.epoch) continue;
      const digests = recent.get(mark.gateway) ?? [];
      if (digests.push([mark.seq, mark.digest]) === 1) recent.set(mark.gateway, digests);
    }
    position = read.next;
  }
  return new Map(
    book.gateways.map((gateway) => {
      const head = book.head(gateway);
      return [
        gateway,
        new Chain(head && { epoch: head.epoch, seq: head.seq, digest: head.digest }, recent.get(gateway)),
      ] as const;
    }),
  );
}
