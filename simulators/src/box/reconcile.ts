import { isoFromNs, type MachineObservation, type Value } from '@benchline/model';
import type { GapResult } from './metrics-api.ts';
import { type Emission, readEmissions } from './truth-logs.ts';

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
  /** Found again under an identity that had been found: counted twice. */
  doubled: number;
}

/** As much of an observation as is compared. */
export type StoredObservation = Pick<
  MachineObservation,
  'signal' | 'source_time_ns' | 'ordinal' | 'value' | 'native'
>;

/** A store as it is compared with truth logs. Windows are (from, to], ISO 8601. */
export interface Stored {
  observations(machine: string, from: string, to: string): AsyncIterable<StoredObservation>;
  gaps(machine: string, from: string, to: string): Promise<GapResult[]>;
}

/** An emission, or something stored, that did not come out as it should; `gap` is the declared one around it. */
export interface Finding {
  what: 'declared' | 'missing' | 'wrong' | 'invented' | 'doubled';
  machine: string;
  signal: string;
  time_ns: bigint;
  gap?: GapResult;
}

/** Emissions compared at a time: what is held in memory. */
const chunkSize = 20_000;
const tail_ns = 1_000_000_000n;

/**
 * Compares truth logs with what a store gives back, by identity and by value, stretch by stretch of time. A native
 * value is compared where mapping changed it. Logs are in order of time, as simulators write them.
 */
export async function reconcile(
  truthFolder: string,
  store: Stored,
  found: (finding: Finding) => void = () => {},
): Promise<Account> {
  const account = emptyAccount();
  for (const emissions of readEmissions(truthFolder)) {
    const compared = new Map<string, bigint>();
    for await (const chunk of chunked(emissions))
      await compareChunk(chunk, compared, { account, store, found });
  }
  return account;
}

function emptyAccount(): Account {
  return { emitted: 0, stored: 0, declared_gaps: 0, missing: 0, wrong: 0, invented: 0, doubled: 0 };
}

interface Chunk {
  emissions: Emission[];
  /** Nothing later follows. */
  last: boolean;
}

/** Cuts between two instants, never within one. */
async function* chunked(emissions: AsyncIterable<Emission>): AsyncGenerator<Chunk> {
  let held: Emission[] = [];
  for await (const emission of emissions) {
    const newest = held.at(-1);
    if (held.length >= chunkSize && newest && emission.time_ns > newest.time_ns) {
      yield { emissions: held, last: false };
      held = [];
    }
    held.push(emission);
  }
  yield { emissions: held, last: true };
}

interface Comparison {
  account: Account;
  store: Stored;
  found(finding: Finding): void;
}

/** `compared` says up to which time each machine has been compared. */
async function compareChunk(
  { emissions, last }: Chunk,
  compared: Map<string, bigint>,
  comparison: Comparison,
): Promise<void> {
  const byMachine = Map.groupBy(emissions, ({ machine }) => machine);
  for (const [machine, [first]] of byMachine)
    if (first && !compared.has(machine)) compared.set(machine, first.time_ns - 1n);
  const end_ns = emissions.at(-1)?.time_ns ?? 0n;
  for (const [machine, from_ns] of compared) {
    const to_ns = last ? end_ns + tail_ns : end_ns;
    await compareMachine(machine, byMachine.get(machine) ?? [], { from_ns, to_ns }, comparison);
    compared.set(machine, to_ns);
  }
}

async function compareMachine(
  machine: string,
  emissions: readonly Emission[],
  { from_ns, to_ns }: { from_ns: bigint; to_ns: bigint },
  { account, store, found }: Comparison,
): Promise<void> {
  const expected = new Map(emissions.map((e) => [identity(e.signal, e.time_ns, 0), e]));
  const seen = new Set<string>();
  account.emitted += expected.size;
  const window = [isoFromNs(from_ns), isoFromNs(to_ns)] as const;
  for await (const o of store.observations(machine, ...window)) {
    const id = identity(o.signal, o.source_time_ns, o.ordinal);
    const at = { machine, signal: o.signal, time_ns: o.source_time_ns };
    const emission = expected.get(id);
    // A server's word that it knows no value yet claims nothing.
    if (!emission && o.value === undefined && o.native === undefined) continue;
    if (seen.has(id)) {
      account.doubled += 1;
      found({ what: 'doubled', ...at });
    } else if (!emission) {
      account.invented += 1;
      found({ what: 'invented', ...at });
    } else if (sameValue(emission.value, o.native ?? o.value)) account.stored += 1;
    else {
      account.wrong += 1;
      found({ what: 'wrong', ...at });
    }
    seen.add(id);
    expected.delete(id);
  }
  if (expected.size === 0) return;
  const gaps = await store.gaps(machine, ...window);
  for (const { signal, time_ns } of expected.values()) {
    const gap = gaps.find(({ from_ns: from, to_ns: to }) => from <= time_ns && time_ns <= to);
    account[gap ? 'declared_gaps' : 'missing'] += 1;
    found({ what: gap ? 'declared' : 'missing', machine, signal, time_ns, ...(gap && { gap }) });
  }
}

function identity(signal: string, time_ns: bigint, ordinal: number): string {
  return `${signal} ${time_ns} ${ordinal}`;
}

function sameValue(emitted: Value, stored: Value | undefined): boolean {
  if (emitted === stored) return true;
  // A controller's integer may come back as a number and the other way round: what counts is the quantity.
  return isQuantity(emitted) && isQuantity(stored) && Number(emitted) === Number(stored);
}

function isQuantity(value: Value | undefined): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}
