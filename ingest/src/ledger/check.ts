import {
  BenchlineError,
  describeError,
  type ErrorCode,
  LedgerRecordJson,
  sha256Hex,
  signedBatchFromJson,
  type TrustedKeys,
  verifyBatch,
} from '@benchline/model';
import { type JournalView, viewJournal } from '@benchline/store/journal';
import { Book } from './book.ts';
import type { Head } from './chain.ts';
import { ContentDigest } from './content-digest.ts';
import { decodeRecord } from './record-line.ts';
import type { Hole } from './runs.ts';
import { countIn, emptySummary, type Summary } from './summary.ts';

const readBytes = 4 << 20;
/** More of one kind are counted only. */
const listed = 100;
/** Faults of a signature; all others that a batch can have are of what was signed. */
const ofSignature: ReadonlySet<ErrorCode> = new Set(['signature_invalid', 'key_unknown']);

export interface Fault {
  kind: /** Records that do not read back, and no record says so. */
    | 'unreadable'
    /** Not a record of the contract, or at another offset than it says. */
    | 'malformed'
    | 'digest'
    | 'signature'
    /** A batch does not name the one before it. */
    | 'chain'
    | 'twice'
    /** Batches that are neither there nor recorded as lost. */
    | 'missing_batches'
    /** The plant file is not the one that its digest is of. */
    | 'plant';
  offset?: number;
  file?: string;
  detail: string;
  hint: string;
}

export interface LedgerReport {
  sound: boolean;
  floor: number;
  next: number;
  bytes: number;
  records: Record<string, number>;
  /** Of all batches whatever their order: ledgers that hold the same ones have the same. */
  content_digest: string;
  signatures: 'checked' | 'not_checked';
  gateways: Record<string, { head: Head; days: Record<string, { batches: number; observations: number }> }>;
  /** Damage that the ledger knows of, and whose batches came again or are recorded as lost. */
  mended: { from_offset: number; to_offset: number }[];
  faults: Fault[];
  /** Faults beyond the first hundred of each kind. */
  more: Record<string, number>;
}

export interface CheckOptions {
  /** The folder that holds `journal`. */
  journal: string;
  /** Whose batches are believed; without them signatures are not checked. */
  trusted: TrustedKeys | undefined;
  onProgress?(offset: number, next: number): void;
}

/** Verifies every record of a ledger, or of a copy, without changing it; a process may be writing to it. */
export async function checkLedger(options: CheckOptions): Promise<LedgerReport> {
  const journal = await viewJournal(options.journal);
  const check = new Check(journal, options.trusted);
  for (let at = journal.floor; at < journal.next; ) {
    const { records, missing, next } = await journal.read(at, readBytes);
    for (const { position, data } of records) check.take(position, data);
    for (const { from, to } of missing) check.miss(from, to);
    at = next;
    options.onProgress?.(at, journal.next);
  }
  return check.report();
}

class Check {
  readonly #journal: JournalView;
  readonly #trusted: TrustedKeys | undefined;
  readonly #summary: Summary;
  readonly #content = new ContentDigest();
  readonly #faults: Fault[] = [];
  readonly #more: Record<string, number> = {};

  constructor(journal: JournalView, trusted: TrustedKeys | undefined) {
    this.#journal = journal;
    this.#trusted = trusted;
    this.#summary = emptySummary(journal.floor);
  }

  miss(from: number, to: number): void {
    this.#summary.missing.push({ from, to });
    this.#summary.end = Math.max(this.#summary.end, to);
  }

  take(position: number, line: Uint8Array): void {
    const record = this.#read(position, line);
    if (!record) return;
    countIn(this.#summary, record, position, record.received_ns);
    if (record.kind === 'batch') this.#batch(position, record.batch);
    else if (record.kind === 'resubmission') this.#proof(position, record.resubmission.batch);
    else if (record.kind === 'plant' && sha256Hex(record.yaml) !== record.digest)
      this.#fault(
        'plant',
        position,
        'the plant file is not the one that its digest is of',
        'keep a copy of this ledger',
      );
  }

  report(): LedgerReport {
    const { floor, next, bytes } = this.#journal;
    const below = this.#summary.retired?.below_offset ?? 0;
    if (floor > below) this.#summary.missing.unshift({ from: below, to: floor });
    const book = new Book([this.#summary]);
    const undeclared = book.undeclared();
    for (const { from_offset, to_offset } of undeclared)
      this.#fault(
        'unreadable',
        from_offset,
        `records ${from_offset} to ${to_offset - 1} do not read back`,
        'start ingest: it asks the gateways for what they held',
      );
    for (const gateway of book.gateways) {
      this.#chain(gateway, book);
      for (const hole of book.holes(gateway)) this.#hole(gateway, hole);
    }
    for (const hole of book.ended) this.#hole(hole.gateway, hole);
    const gateways = book.gateways.map((gateway) => {
      const { epoch, seq, digest } = book.head(gateway)!;
      return [
        gateway,
        { head: { epoch, seq, digest }, days: this.#summary.gateways[gateway]?.days ?? {} },
      ] as const;
    });
    return {
      sound: this.#faults.length === 0,
      floor,
      next,
      bytes,
      records: this.#summary.kinds,
      content_digest: this.#content.hex(),
      signatures: this.#trusted ? 'checked' : 'not_checked',
      gateways: Object.fromEntries(gateways),
      mended: this.#summary.missing
        .map(({ from, to }) => ({ from_offset: from, to_offset: to }))
        .filter((each) => !undeclared.some(({ from_offset }) => from_offset === each.from_offset)),
      faults: this.#faults,
      more: this.#more,
    };
  }

  #read(position: number, line: Uint8Array): LedgerRecordJson | undefined {
    try {
      const record = decodeRecord(line);
      if (record.offset !== position) throw new Error(`it says that it is record ${record.offset}`);
      // A batch has a reader of its own, a good deal faster.
      if (record.kind !== 'batch') LedgerRecordJson.parse(record);
      return record;
    } catch (error) {
      const detail = `not a record: ${describeError(error)}`;
      this.#fault('malformed', position, detail, 'this version of Benchline may be older than the ledger');
      return undefined;
    }
  }

  #batch(position: number, json: Extract<LedgerRecordJson, { kind: 'batch' }>['batch']): void {
    const { gateway, epoch, seq } = json.content;
    this.#content.add({ gateway, epoch, seq, digest: json.digest });
    this.#proof(position, json);
  }

  #proof(position: number, json: Extract<LedgerRecordJson, { kind: 'batch' }>['batch']): void {
    try {
      const batch = signedBatchFromJson(json);
      verifyBatch(batch, this.#trusted ?? believed);
    } catch (error) {
      const unsigned = error instanceof BenchlineError && ofSignature.has(error.code);
      const hint = unsigned
        ? 'name the folder of keys that were trusted then; if it is right, the record is forged'
        : 'the record was changed after it was signed: compare with a copy';
      this.#fault(unsigned ? 'signature' : 'digest', position, describeError(error), hint);
    }
  }

  /** Whether each stretch of batches begins where the one before it ended, and none stands there twice. */
  #chain(gateway: string, book: Book): void {
    const base = book.retired?.gateways[gateway];
    const last = new Map<string, { to_seq: number; digest: string }>();
    if (base) last.set(base.epoch, { to_seq: base.seq, digest: base.digest });
    for (const run of book.runs(gateway).toSorted((a, b) => a.from_seq - b.from_seq)) {
      const before = last.get(run.epoch) ?? { to_seq: -1, digest: '' };
      const life = `${gateway}, epoch ${run.epoch}`;
      const first = run.from_offset;
      if (run.from_seq <= before.to_seq && !run.lost)
        this.#fault('twice', first, `batch ${run.from_seq} of ${life} a second time`, 'it changes no figure');
      const known = before.digest !== '' || run.from_seq === 0;
      if (run.from_seq === before.to_seq + 1 && !run.lost && known && run.prev !== before.digest)
        this.#fault(
          'chain',
          first,
          `batch ${run.from_seq} of ${life} names another one before it`,
          'compare with a copy',
        );
      if (run.to_seq > before.to_seq) last.set(run.epoch, run);
    }
  }

  #hole(gateway: string, { epoch, from_seq, to_seq }: Hole): void {
    const which = from_seq === to_seq ? `batch ${from_seq}` : `batches ${from_seq} to ${to_seq}`;
    const detail = `${which} of ${gateway}, epoch ${epoch}, are not there and not recorded as lost`;
    this.#fault('missing_batches', undefined, detail, 'start ingest: it asks the gateway for them');
  }

  #fault(kind: Fault['kind'], offset: number | undefined, detail: string, hint: string): void {
    if (this.#faults.filter((fault) => fault.kind === kind).length >= listed) {
      this.#more[kind] = (this.#more[kind] ?? 0) + 1;
      return;
    }
    const segment = this.#journal.segments.findLast(({ first }) => offset !== undefined && first <= offset);
    this.#faults.push({
      kind,
      ...(offset === undefined ? {} : { offset }),
      ...(segment ? { file: segment.path } : {}),
      detail,
      hint,
    });
  }
}

/** Without keys only the digest is checked. */
const believed: TrustedKeys = { owners: () => [], verify: () => undefined };
