import { join } from 'node:path';
import {
  aborted,
  BenchlineError,
  indexPlant,
  type Log,
  loadPlant,
  type PlantIndex,
  parsePlant,
} from '@benchline/model';
import { viewJournal } from '@benchline/store/journal';
import type { Ledger } from '../ledger/ledger.ts';
import { journalFolder, ledgerIdOf } from '../ledger/open.ts';
import { digestOfLine, readLines } from '../ledger/read.ts';
import { decodeRecord } from '../ledger/record-line.ts';
import { SummaryFiles } from '../ledger/summary-files.ts';

/** A ledger as it stands when it is looked at; a process may go on writing to it. */
export interface LedgerView extends Pick<Ledger, 'floor' | 'next' | 'read' | 'waitFor' | 'lineDigest'> {
  id: string;
  plant: PlantIndex;
  plantDigest: string;
}

/**
 * @param plantFile instead of the last plant file that the ledger holds.
 * @throws BenchlineError `not_found` when there is no ledger, `plant_invalid` when none of its plant files is sound.
 */
export async function viewLedger(data: string, plantFile: string | undefined, log: Log): Promise<LedgerView> {
  const folder = join(data, 'ledger');
  const journal = await viewJournal(journalFolder(folder)).catch((cause: unknown) => {
    throw new BenchlineError('not_found', `there is no ledger in ${data}`, {
      hint: 'name the data_dir of an ingest, or a copy of it',
      cause,
    });
  });
  const { floor, next } = journal;
  const read = async (from: number, maxBytes: number) => (await readLines(journal, from, maxBytes)).records;
  const plant = plantFile === undefined ? await lastPlant() : loadPlant(plantFile);
  return {
    id: (await ledgerIdOf(folder)) ?? 'ledger',
    plant: plant.index,
    plantDigest: plant.digest,
    floor,
    next,
    read,
    lineDigest: (offset) => digestOfLine(journal, offset),
    // What is not there when it is looked at does not come any more.
    waitFor: async (offset, signal) => {
      if (offset >= next) await aborted(signal);
    },
  };

  async function lastPlant(): Promise<{ index: PlantIndex; digest: string }> {
    const summaries = await new SummaryFiles(join(folder, 'index'), log).all(journal);
    const offset = summaries.findLast((summary) => summary.plant)?.plant?.offset;
    const [line] = offset === undefined ? [] : await read(offset, 1);
    const record = line && decodeRecord(line.data);
    if (record?.kind === 'plant')
      return { index: indexPlant(parsePlant(record.yaml, `record ${offset}`)), digest: record.digest };
    throw new BenchlineError('plant_invalid', `the ledger in ${data} holds no plant file`, {
      hint: 'name one with --plant',
    });
  }
}
