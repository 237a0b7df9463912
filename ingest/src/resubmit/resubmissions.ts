import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Batch,
  describeError,
  isoFromNs,
  type Log,
  nsNow,
  SignedBatchJson,
  type SigningKey,
  signBatch,
  signedBatchToJson,
} from '@benchline/model';
import { decodeBatch } from '@benchline/model/sparkplug';
import type { Intake } from '../intake/intake.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Projection } from '../projection/projection.ts';
import { readItem } from './items.ts';
import { repaired } from './repair.ts';
import { dropRequest, type ResubmitRequest, takeRequests } from './requests.ts';

const pause_ms = 1000;

export interface ResubmissionsOptions {
  /** The quarantine's folder. */
  folder: string;
  ledger: Pick<Ledger, 'append' | 'next'>;
  intake: Pick<Intake, 'receive' | 'settle'>;
  projection: Pick<Projection, 'again'> | undefined;
  /** The ledger's key: it vouches for what no gateway has said. */
  key: SigningKey;
  log: Log;
}

/**
 * Takes what a person wants to have out of quarantine once more, in the process that has the ledger: repaired as a
 * record of its own, unrepaired by the way it came.
 */
export class Resubmissions {
  readonly #options: ResubmissionsOptions;

  constructor(options: ResubmissionsOptions) {
    this.#options = options;
  }

  /** Runs until the signal aborts; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { folder, log } = this.#options;
    while (!signal.aborted) {
      try {
        for (const request of await takeRequests(folder)) await this.#answer(request);
      } catch (error) {
        log.warn({ reason: describeError(error) }, 'cannot resubmit what is in quarantine; trying again');
      }
      await sleep(pause_ms, undefined, { signal }).catch(() => undefined);
    }
  }

  async #answer(request: ResubmitRequest): Promise<void> {
    const { folder, log } = this.#options;
    const { digest, author, reason } = request;
    const { note, bytes } = await readItem(folder, digest);
    const outcome = await this.#take(request, note, bytes);
    const resubmitted = { at: isoFromNs(nsNow()), author, reason, outcome };
    await writeFile(join(folder, `${digest}.json`), `${JSON.stringify({ ...note, resubmitted })}\n`);
    await dropRequest(folder, digest);
    log.info({ digest, ...resubmitted }, 'resubmitted');
  }

  /** @throws BenchlineError while ledger or store cannot take it. */
  async #take(
    request: ResubmitRequest,
    note: Awaited<ReturnType<typeof readItem>>['note'],
    bytes: Buffer,
  ): Promise<string> {
    if (request.batch !== undefined) return await this.#record(request, () => repaired(request.batch));
    const { from_offset, to_offset, topic } = note;
    if (from_offset !== undefined && to_offset !== undefined)
      return await this.#store(from_offset, to_offset);
    if (topic === undefined) return await this.#record(request, () => marked(decodeBatch(bytes).content));
    const { intake } = this.#options;
    intake.receive(topic, bytes);
    await intake.settle();
    return 'given to the intake as if it had just come; see the status for what became of it';
  }

  async #store(from: number, to: number): Promise<string> {
    const { projection } = this.#options;
    if (!projection) return 'refused: this ingest writes into no InfluxDB';
    const refused = await projection.again(from, to);
    return refused === 0
      ? `the store has taken records ${from} to ${to}`
      : `refused: the store still refuses ${refused} points of records ${from} to ${to}`;
  }

  async #record({ digest, author, reason }: ResubmitRequest, read: () => Batch): Promise<string> {
    const { ledger, key } = this.#options;
    let batch: Batch;
    try {
      batch = read();
    } catch (error) {
      return `refused: ${describeError(error)}`;
    }
    const json: unknown = signedBatchToJson(signBatch(batch, key));
    SignedBatchJson.parse(json);
    const resubmission = {
      author,
      reason,
      original: digest,
      batch: json as typeof SignedBatchJson._zod.input,
    };
    await ledger.append([{ kind: 'resubmission', resubmission }]);
    return `recorded in the ledger, before record ${ledger.next}`;
  }
}

function marked(content: Batch): Batch {
  return { ...content, marks: [...content.marks, 'resubmitted'] };
}
