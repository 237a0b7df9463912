import {
  type LedgerRecordJson,
  type MachineObservation,
  type Observation,
  observationFromJson,
} from '@benchline/model';
import type { MachineGap, ObservedInterval, StoreWrite } from '@benchline/store';
import type { Ledger } from '../ledger/ledger.ts';
import { decodeRecord } from '../ledger/record-line.ts';

/** Points that one write carries, give or take a batch: what InfluxDB takes in well. */
const wantedPoints = 5000;
const readBytes = 1 << 20;

/** What some records of the ledger mean for a telemetry store. */
export interface Portion {
  write: StoreWrite;
  points: number;
  /** The first record that is not in it. */
  next: number;
}

/** Gathers records from an offset on until there are points enough for one write or the ledger ends. */
export async function gather(ledger: Ledger, from: number): Promise<Portion> {
  const observations: MachineObservation[] = [];
  const observed: ObservedInterval[] = [];
  const gaps: MachineGap[] = [];
  const points = () => observations.length + observed.length + gaps.length;
  let next = from;
  while (next < ledger.next && points() < wantedPoints)
    for (const { position, data } of await ledger.read(next, readBytes)) {
      if (points() >= wantedPoints) break;
      unfold(decodeRecord(data), { observations, observed, gaps });
      next = position + 1;
    }
  return { write: { observations, observed, gaps }, points: points(), next };
}

type BatchContent = Extract<LedgerRecordJson, { kind: 'batch' }>['batch']['content'];

function unfold(
  record: LedgerRecordJson,
  into: { observations: MachineObservation[]; observed: ObservedInterval[]; gaps: MachineGap[] },
): void {
  if (record.kind !== 'batch') return;
  const { content } = record.batch;
  const { machine, source, gateway, mapping, observed } = content;
  const gateway_time_ns = BigInt(content.gateway_time_ns);
  for (const json of content.observations)
    into.observations.push({ ...observationOf(json), machine, source, gateway, gateway_time_ns, mapping });
  for (const { from_ns, to_ns, reason } of content.gaps)
    into.gaps.push({ from_ns: BigInt(from_ns), to_ns: BigInt(to_ns), reason, machine, source });
  if (observed)
    into.observed.push({
      from_ns: BigInt(observed.from_ns),
      until_ns: BigInt(observed.until_ns),
      machine,
      source,
    });
}

function observationOf(json: BatchContent['observations'][number]): Observation {
  return observationFromJson({ ...json, source_time_ns: BigInt(json.source_time_ns) });
}
