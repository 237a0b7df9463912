import { BenchlineError } from '../error.ts';
import { decodePayload, encodePayload, type Metric } from './payload.ts';

/** The metric of an NBIRTH that carries the gateway's signed hello (`helloSeal`). */
const helloMetric = 'benchline/hello';
/** The metric of an NDATA that carries the gateway's signed report (`reportSeal`). */
const reportMetric = 'benchline/report';
const rebirthMetric = 'Node Control/Rebirth';
const bdSeqMetric = 'bdSeq';

/** Birth of an edge node; its `seq` is always 0 (Sparkplug 3.0.0, 6.4.19). */
export function encodeNodeBirth(birth: { timestamp_ms: number; bd_seq: number; hello: string }): Uint8Array {
  const { timestamp_ms } = birth;
  return encodePayload({
    timestamp_ms,
    seq: 0,
    metrics: [
      { name: bdSeqMetric, timestamp_ms, datatype: 'Int64', value: BigInt(birth.bd_seq) },
      { name: rebirthMetric, timestamp_ms, datatype: 'Boolean', value: false },
      { name: helloMetric, timestamp_ms, datatype: 'String', value: birth.hello },
      { name: reportMetric, timestamp_ms, datatype: 'String', is_null: true },
    ],
  });
}

/** Death of an edge node, also its last will. Carries the number of the birth that it ends and no `seq`. */
export function encodeNodeDeath(death: { timestamp_ms: number; bd_seq: number }): Uint8Array {
  return encodePayload({
    timestamp_ms: death.timestamp_ms,
    metrics: [{ name: bdSeqMetric, datatype: 'Int64', value: BigInt(death.bd_seq) }],
  });
}

/** Birth of a device with all metrics that it may ever send, each with its newest value or null. */
export function encodeDeviceBirth(birth: {
  timestamp_ms: number;
  seq: number;
  metrics: readonly Metric[];
}): Uint8Array {
  return encodePayload(birth);
}

/**
 * The hello and birth number in an NBIRTH; undefined hello for an edge node of another make.
 * @throws BenchlineError `batch_malformed`.
 */
export function decodeNodeBirth(bytes: Uint8Array): { bd_seq: number; hello: string | undefined } {
  const { metrics } = decodePayload(bytes);
  const bdSeq = metrics.find(({ name }) => name === bdSeqMetric)?.value;
  if (typeof bdSeq !== 'bigint' && typeof bdSeq !== 'number')
    throw new BenchlineError('batch_malformed', 'an NBIRTH without bdSeq');
  const hello = metrics.find(({ name }) => name === helloMetric)?.value;
  return { bd_seq: Number(bdSeq), hello: typeof hello === 'string' ? hello : undefined };
}

/** What an edge node says of itself between births. */
export function encodeNodeData(data: { timestamp_ms: number; seq: number; report: string }): Uint8Array {
  const { timestamp_ms, seq, report } = data;
  return encodePayload({
    timestamp_ms,
    seq,
    metrics: [{ name: reportMetric, timestamp_ms, datatype: 'String', value: report }],
  });
}

/** The report in an NDATA; undefined where another make says something else. @throws BenchlineError `batch_malformed`. */
export function decodeNodeData(bytes: Uint8Array): { report: string | undefined } {
  const report = decodePayload(bytes).metrics.find(({ name }) => name === reportMetric)?.value;
  return { report: typeof report === 'string' ? report : undefined };
}

/** Command to an edge node to send its births again: the one command that a gateway understands. */
export function encodeRebirthCommand(timestamp_ms: number): Uint8Array {
  return encodePayload({
    timestamp_ms,
    metrics: [{ name: rebirthMetric, timestamp_ms, datatype: 'Boolean', value: true }],
  });
}

/** Whether an NCMD asks for a rebirth. Other metrics in it are not looked at. @throws BenchlineError `batch_malformed`. */
export function isRebirthCommand(bytes: Uint8Array): boolean {
  return decodePayload(bytes).metrics.some(({ name, value }) => name === rebirthMetric && value === true);
}
