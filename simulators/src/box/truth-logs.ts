import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Value } from '@benchline/model';
import { readTruth } from '../time/truth-file.ts';

/** An observation as a simulator put it on record before it put it on the wire. */
export interface Emission {
  machine: string;
  signal: string;
  time_ns: bigint;
  value: Value;
}

/** The emissions of every truth log in a folder, log by log, each in order of time. */
export function readEmissions(folder: string): AsyncGenerator<Emission>[] {
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.ndjson')) : [];
  return files.map((file) => emissionsOf(join(folder, file)));
}

/** A torn last line was never put on the wire: it is left out. */
async function* emissionsOf(file: string): AsyncGenerator<Emission> {
  for await (const { machine, signal, time_ms, value } of readTruth(file))
    yield { machine, signal, time_ns: BigInt(time_ms) * 1_000_000n, value };
}
