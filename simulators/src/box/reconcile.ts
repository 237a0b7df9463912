import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isoFromNs, type Value, type ValueJson, valueFromJson } from '@benchline/model';
import type { GapResult, MetricsApi } from './metrics-api.ts';

/** What became of everything that the simulators say they emitted. Counts of observations. */
export interface Account {
  emitted: number;
  /** Found in the store under its identity with its value. */
  stored: number;
  /** Not in the store, but inside a gap that the gateway declared. */
  declared_gaps: number;
  /** Neither stored nor declared. */
  missing: number;
  /** Stored with another value than was emitted. */
  wrong: number;
  /** In the store although no simulator emitted it. */
  invented: number;
}

interface Emission {
  value: Value;
}

type Emissions = Map<string, Emission>;

/**
 * Compares the simulators' truth logs with what the store gives back, by identity and by value. A native value is
 * compared where mapping changed it.
 */
export async function reconcile(truthFolder: string, api: MetricsApi): Promise<Account> {
  const account: Account = { emitted: 0, stored: 0, declared_gaps: 0, missing: 0, wrong: 0, invented: 0 };
  for (const [machine, truth] of await readTruth(truthFolder)) {
    account.emitted += truth.emissions.size;
    const window = [isoFromNs(truth.first - 1n), isoFromNs(truth.last + 1_000_000_000n)] as const;
    for await (const found of api.observations(machine, ...window)) {
      const identity = `${found.signal} ${found.source_time_ns} ${found.ordinal}`;
      const emission = truth.emissions.get(identity);
      if (!emission) account.invented += 1;
      else if (sameValue(emission.value, found.native ?? found.value)) account.stored += 1;
      else account.wrong += 1;
      truth.emissions.delete(identity);
    }
    const gaps = await api.gaps(machine, ...window);
    for (const identity of truth.emissions.keys())
      if (gaps.some((gap) => covers(gap, identity))) account.declared_gaps += 1;
      else account.missing += 1;
  }
  return account;
}

interface MachineTruth {
  emissions: Emissions;
  first: bigint;
  last: bigint;
}

/** Reads every truth log in a folder, by machine. A torn last line was never put on the wire: it is left out. */
async function readTruth(folder: string): Promise<Map<string, MachineTruth>> {
  const machines = new Map<string, MachineTruth>();
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.ndjson')) : [];
  for (const file of files)
    for await (const line of createInterface({ input: createReadStream(join(folder, file)) })) {
      const emission = parseEmission(line);
      if (!emission) continue;
      const { machine, signal, time, value } = emission;
      let truth = machines.get(machine);
      if (!truth) machines.set(machine, (truth = { emissions: new Map(), first: time, last: time }));
      truth.emissions.set(`${signal} ${time} 0`, { value });
      if (time < truth.first) truth.first = time;
      if (time > truth.last) truth.last = time;
    }
  return machines;
}

function parseEmission(line: string) {
  let parsed: { machine?: string; signal?: string; source_time_ns?: string; value?: ValueJson };
  try {
    parsed = JSON.parse(line) as typeof parsed;
  } catch {
    return undefined;
  }
  const { machine, signal, source_time_ns: time, value } = parsed;
  if (machine === undefined || signal === undefined || time === undefined || value === undefined)
    return undefined;
  return { machine, signal, time: BigInt(time), value: valueFromJson(value) };
}

function sameValue(emitted: Value, stored: Value | undefined): boolean {
  if (emitted === stored) return true;
  // A controller's integer may come back as a number and the other way round: what counts is the quantity.
  return isQuantity(emitted) && isQuantity(stored) && Number(emitted) === Number(stored);
}

function isQuantity(value: Value | undefined): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function covers(gap: GapResult, identity: string): boolean {
  const time = BigInt(identity.split(' ')[1] ?? 0);
  return gap.from_ns <= time && time <= gap.to_ns;
}
