import { setImmediate } from 'node:timers/promises';
import {
  type Batch,
  type Entry,
  entryFromJson,
  type LedgerRecordJson,
  type MachineObservation,
  type Observation,
  observationsOf,
  placeBatch,
  valueFromJson,
} from '@benchline/model';
import type { MachineGap, ObservedInterval, StoreWrite } from '@benchline/store';
import type { Ledger } from '../ledger/ledger.ts';
import { decodeRecord } from '../ledger/record-line.ts';

/**
 * Points that one write carries at most, give or take a batch. InfluxDB pays for each series in a request, so that twice
 * the points of the same series cost much less than twice.
 */
export const wantedPoints = 30_000;
const readBytes = 1 << 20;
/** Messages, acknowledgements and whoever asks for the status wait no longer than this for what is gathered. */
const atOnce_ms = 8;

/** What some records of the ledger mean for a telemetry store. */
export interface Portion {
  write: StoreWrite;
  points: number;
  /** The first record that is not in it. */
  next: number;
  /** When its first record came in; undefined when it has none. */
  received_ns: bigint | undefined;
}

/** Gathers records from an offset on until there are points enough for one write or the ledger ends. */
export async function gather(ledger: Pick<Ledger, 'next' | 'read'>, from: number): Promise<Portion> {
  const observations: MachineObservation[] = [];
  const observed: ObservedInterval[] = [];
  const gaps: MachineGap[] = [];
  const entries: Entry[] = [];
  const points = () => observations.length + observed.length + gaps.length + entries.length;
  let next = from;
  let received_ns: bigint | undefined;
  let began_ms = performance.now();
  while (next < ledger.next && points() < wantedPoints)
    for (const { position, data } of await ledger.read(next, readBytes)) {
      if (points() >= wantedPoints) break;
      if (performance.now() - began_ms > atOnce_ms) {
        await setImmediate();
        began_ms = performance.now();
      }
      const record = decodeRecord(data);
      // What stands for a damaged record has no time of its own.
      if (record.kind !== 'damaged') received_ns ??= BigInt(record.received_ns);
      if (record.kind === 'entry') entries.push(entryFromJson(record.entry));
      else unfold(record, { observations, observed, gaps });
      next = position + 1;
    }
  return { write: { observations, observed, gaps, entries }, points: points(), next, received_ns };
}

type BatchContent = Extract<LedgerRecordJson, { kind: 'batch' }>['batch']['content'];

function unfold(
  record: LedgerRecordJson,
  into: { observations: MachineObservation[]; observed: ObservedInterval[]; gaps: MachineGap[] },
): void {
  const said = storable(record);
  if (!said) return;
  const content = contentOf(said);
  const batch = placeBatch(content, BigInt(record.received_ns));
  const { machine, source, observed } = batch;
  for (const observation of batch === content ? content.observations : observationsOf(batch))
    into.observations.push(observation);
  for (const gap of batch.gaps) into.gaps.push({ ...gap, machine, source });
  if (observed) into.observed.push({ ...observed, machine, source });
}

/** What of a record belongs into a store. */
function storable(record: LedgerRecordJson): BatchContent | undefined {
  if (record.kind === 'resubmission') return record.resubmission.batch.content;
  return record.kind === 'batch' && record.held === undefined ? record.batch.content : undefined;
}

/** The content of a batch whose shape was checked on the way into the ledger, its observations as stores take them. */
function contentOf(json: BatchContent): Batch & { observations: readonly MachineObservation[] } {
  const { observed, ...rest } = json;
  const { machine, source, gateway, mapping } = json;
  const gateway_time_ns = BigInt(json.gateway_time_ns);
  const origin = { machine, source, gateway, gateway_time_ns, mapping };
  let text = '';
  let time_ns = 0n;
  return {
    ...rest,
    gateway_time_ns,
    observations: json.observations.map((o) => {
      // Tags that are sampled together share their time, and reading a bigint is dear.
      if (o.source_time_ns !== text) time_ns = BigInt((text = o.source_time_ns));
      return observationOf(o, time_ns, origin);
    }),
    gaps: json.gaps.map(({ from_ns, to_ns, reason }) => ({
      from_ns: BigInt(from_ns),
      to_ns: BigInt(to_ns),
      reason,
    })),
    ...(observed
      ? { observed: { from_ns: BigInt(observed.from_ns), until_ns: BigInt(observed.until_ns) } }
      : {}),
  };
}

type Origin = Omit<MachineObservation, keyof Observation | 'stated_time_ns'>;

/** Nearly every value of a plant passes here: nothing is copied that is not there, nor twice. */
function observationOf(
  { signal, ordinal = 0, status = 0, value, native }: BatchContent['observations'][number],
  source_time_ns: bigint,
  origin: Origin,
): MachineObservation {
  const observation: MachineObservation = { ...origin, signal, source_time_ns, ordinal, status };
  if (value !== undefined) observation.value = valueFromJson(value);
  if (native !== undefined) observation.native = valueFromJson(native);
  return observation;
}
