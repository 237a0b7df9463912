import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import {
  assertEntryFits,
  BenchlineError,
  canonicalStateOf,
  describeError,
  type Entry,
  type ObservationFileItem,
  observationFileItem,
  type PlantIndex,
  type StateReader,
  status,
  subjectOf,
} from '@benchline/model';
import { placementOf, type StoreWrite, type TelemetryStore } from '@benchline/store';
import { openMemoryStore } from '@benchline/store/memory';
import { unusable } from './unusable.ts';

/** What a file holds, in a store to compute from. */
export interface LoadedFile {
  store: TelemetryStore;
  observations: number;
  /** Stretches that some source is said to have watched. */
  claims: number;
  /** Native states that no state table lists, by `machine/signal 'state'`: unobserved time. */
  unlisted: ReadonlyMap<string, number>;
  /** Values that nothing can be computed from, with the reason, by `machine/signal 'value'`. */
  unusable: ReadonlyMap<string, number>;
  /** Lines about machines or signals that the plant file does not have, by `machine/signal` or `machine`: left out. */
  unknown: ReadonlyMap<string, number>;
  /** Entries that do not fit the plant file, and why: as far as they do not, they change nothing. */
  unfit: readonly string[];
}

const linesAWrite = 5000;

/**
 * Reads a file of observations (NDJSON) into memory.
 * @throws BenchlineError `bad_request` naming the line, `not_found` when the file cannot be read.
 */
export async function loadObservationFile(file: string, plant: PlantIndex): Promise<LoadedFile> {
  const store = openMemoryStore({ placement: placementOf(plant) });
  const counts = () => new Map<string, number>();
  const [unknown, unlisted, unused] = [counts(), counts(), counts()];
  const unfit: string[] = [];
  let [observations, claims] = [0, 0];
  for await (const write of writesOf(file, stateReader(plant))) {
    const { rejected } = await store.write(write);
    observations += write.observations.length;
    claims += write.observed.length;
    unfit.push(...write.entries.flatMap((entry) => misfit(plant, entry) ?? []));
    for (const { index, code, detail } of rejected) {
      const { machine, signal } = write.observations[index] ?? { machine: '', signal: '' };
      if (code !== 'unknown_signal')
        throw new BenchlineError('bad_request', `${file}: ${machine}/${signal}: ${detail}`);
      count(unknown, `${machine}/${signal}`);
      observations -= 1;
    }
    for (const { machine } of [...write.observed, ...write.gaps])
      if (!plant.assets.has(machine)) count(unknown, machine);
    for (const { machine, signal, status: code, native, value } of write.observations) {
      if (code === status.badOutOfRange && typeof native === 'string')
        count(unlisted, `${machine}/${signal} '${native}'`);
      const why = unusable(plant.plant, plant.assets.get(machine)?.type.signals[signal], value);
      if (why !== undefined) count(unused, `${machine}/${signal} '${value}' ${why}`);
    }
  }
  return { store, observations, claims, unknown, unlisted, unusable: unused, unfit };
}

function misfit(plant: PlantIndex, entry: Entry): string | undefined {
  const subject = subjectOf(plant, entry.subject);
  try {
    if (!subject) throw new BenchlineError('not_found', `the plant has no '${entry.subject}'`);
    assertEntryFits(plant, subject, entry, entry.to_ns ?? entry.from_ns);
    return undefined;
  } catch (error) {
    return `entry ${entry.id}: ${describeError(error)}`;
  }
}

/** All lists of a write. */
type FullWrite = { -readonly [K in keyof StoreWrite]-?: NonNullable<StoreWrite[K]>[number][] };

async function* writesOf(file: string, stateOf: StateReader): AsyncGenerator<FullWrite> {
  let write = emptyWrite();
  for await (const item of itemsOf(file, stateOf)) {
    if (item.kind === 'observation') write.observations.push(item.observation);
    else if (item.kind === 'observed') write.observed.push(item.observed);
    else if (item.kind === 'entry') write.entries.push(item.entry);
    else write.gaps.push(item.gap);
    if (write.observations.length + write.observed.length + write.entries.length < linesAWrite) continue;
    yield write;
    write = emptyWrite();
  }
  yield write;
}

async function* itemsOf(file: string, stateOf: StateReader): AsyncGenerator<ObservationFileItem> {
  let number = 0;
  try {
    const lines = createInterface({ input: bytesOf(file), crlfDelay: Number.POSITIVE_INFINITY });
    for await (const line of lines) {
      number += 1;
      const text = number === 1 ? line.replace(/^\uFEFF/, '') : line;
      if (text.trim() !== '') yield observationFileItem(text, stateOf);
    }
  } catch (cause) {
    if (!(cause instanceof BenchlineError))
      throw new BenchlineError('not_found', `cannot read ${file}: ${describeError(cause)}`, {
        hint: 'give the path of an observation file, packed by gzip or not',
        cause,
      });
    throw new BenchlineError(cause.code, `${file}:${number}: ${cause.message}`, {
      ...(cause.hint !== undefined && { hint: cause.hint }),
      cause,
    });
  }
}

function bytesOf(file: string): Readable {
  return isGzip(file) ? pipeline(createReadStream(file), createGunzip(), () => {}) : createReadStream(file);
}

function isGzip(file: string): boolean {
  const start = Buffer.alloc(2);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, start, 0, start.length, 0);
  } finally {
    closeSync(descriptor);
  }
  return start.readUInt16BE() === 0x1f8b;
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function emptyWrite(): FullWrite {
  return { observations: [], observed: [], gaps: [], entries: [] };
}

function stateReader(plant: PlantIndex): StateReader {
  return (machine, signal, native) => {
    const definition = plant.assets.get(machine)?.type.signals[signal];
    return definition?.measurement === 'state' ? (canonicalStateOf(definition, native) ?? null) : undefined;
  };
}
