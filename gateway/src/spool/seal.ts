import {
  type Batch,
  BenchlineError,
  canonicalBatch,
  fitsInt64,
  type Observation,
  type SigningKey,
  type Slug,
  severityOf,
  signCanonical,
} from '@benchline/model';
import type { BatchDraft } from './port.ts';
import { encodeRecord, type SpoolRecord } from './record.ts';

const maxOrdinal = 999_999;
const maxObservations = 4096;
/** Bytes of one record. A batch has to fit into an MQTT packet that any broker takes. */
const maxRecordBytes = 1024 * 1024;

/** Where the hash chain stands: the batch that comes next. */
export interface Head {
  epoch: string;
  seq: number;
  prev: string;
}

export interface SealedBatch extends SpoolRecord {
  data: Buffer;
}

/** Gives drafts their place behind `head`, signs them and writes them as records. */
export class Sealer {
  readonly #gateway: Slug;
  readonly #key: SigningKey;

  constructor(gateway: Slug, key: SigningKey) {
    this.#gateway = gateway;
    this.#key = key;
  }

  /**
   * @returns the batches in order and the head behind them.
   * @throws BenchlineError `value_unrepresentable`, or `batch_malformed` for an observation too large to be sent.
   */
  seal(drafts: readonly BatchDraft[], head: Head): { sealed: SealedBatch[]; head: Head } {
    const sealed: SealedBatch[] = [];
    let at = head;
    for (const draft of drafts.flatMap((whole) => split(whole, maxObservations)))
      at = this.#sealOne(draft, at, sealed);
    return { sealed, head: at };
  }

  #sealOne(draft: BatchDraft, head: Head, into: SealedBatch[]): Head {
    const { resume, ...rest } = draft;
    for (const observation of draft.observations) assertSound(observation);
    const content: Batch = { v: 1, gateway: this.#gateway, ...head, ...rest };
    const canonical = canonicalBatch(content);
    const record: SpoolRecord = { batch: signCanonical(content, canonical, this.#key), resume };
    const data = encodeRecord(record, canonical);
    if (data.length <= maxRecordBytes) {
      into.push({ ...record, data });
      return { epoch: head.epoch, seq: head.seq + 1, prev: record.batch.digest };
    }
    const count = draft.observations.length;
    if (count < 2)
      throw new BenchlineError(
        'batch_malformed',
        `an observation of ${data.length} bytes in '${draft.machine}'`,
        {
          hint: `leave it out: at most ${maxRecordBytes} bytes can be sent`,
        },
      );
    return split(draft, Math.ceil(count / 2)).reduce((at, part) => this.#sealOne(part, at, into), head);
  }
}

/** What cannot be read back must not be written: the reader would have to skip the whole batch. */
function assertSound({ signal, source_time_ns, ordinal, value, status }: Observation): void {
  const sound =
    fitsInt64(source_time_ns) &&
    ordinal >= 0 &&
    ordinal <= maxOrdinal &&
    (value === undefined) === (severityOf(status) === 'bad');
  if (!sound)
    throw new BenchlineError('batch_malformed', `an observation of '${signal}' that no batch can carry`, {
      hint: 'Bad status and no value, or a value; ordinal up to 999 999; time within int64',
    });
}

/**
 * Parts of a draft with at most `size` observations each. What holds of the whole (claim, resume) stands with
 * the last part, so that it is never true before everything it covers is there.
 */
function split(draft: BatchDraft, size: number): BatchDraft[] {
  const { observations, gaps, observed, resume, ...common } = draft;
  if (observations.length <= size) return [draft];
  const parts: BatchDraft[] = [];
  for (let at = 0; at < observations.length; at += size)
    parts.push({ ...common, observations: observations.slice(at, at + size), gaps: at === 0 ? gaps : [] });
  Object.assign(parts.at(-1) ?? {}, observed && { observed }, resume !== undefined && { resume });
  return parts;
}
