import { createReadStream, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { type FileHandle, open, rename, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BenchlineError, type ValueJson, valueFromJson, valueToJson } from '@benchline/model';
import { type DeviceMessage, messageOf } from '../mqtt/message.ts';
import { keyOf, type Point } from './timeline.ts';

/** The newest value of a signal that a simulator has emitted. */
export interface LastPoint extends Point {
  time_ms: number;
}

/** An emitted point; `seq` is the number of the message that carried it, where messages are numbered. */
export interface TruthPoint extends LastPoint {
  seq?: number;
}

interface TruthLine {
  machine: string;
  signal: string;
  source_time_ns: string;
  value: ValueJson;
  seq?: number;
}

interface SavedState {
  /** Bytes of the log that the state has taken in. */
  offset: number;
  next_seq: number;
  /** Messages that nobody had confirmed. */
  pending: DeviceMessage[];
  last: TruthLine[];
}

const millionth = 1_000_000n;

/**
 * What a simulator has emitted, one NDJSON line an observation, on disk before it is on the wire. A second file
 * (`FILE.state.json`) holds the newest value of every signal and the next message number, so that a restart reads
 * only the end of the log.
 */
export class TruthLog {
  readonly #file: string;
  readonly #handle: FileHandle;
  #offset: number;
  #emitted = 0;
  #saver: NodeJS.Timeout | undefined;
  #saving: Promise<void> = Promise.resolve();
  /** Newest point of each signal, by `keyOf`. */
  readonly last: Map<string, LastPoint>;
  /** Number for the next message. */
  nextSeq: number;
  /** Messages that may not have arrived, as far as the log and its state tell. */
  readonly resumedMessages: readonly DeviceMessage[];
  /** The messages that wait for confirmation now, to be saved with the state. */
  pending: () => readonly DeviceMessage[] = () => [];

  private constructor(file: string, handle: FileHandle, resumed: Resumed) {
    this.#file = file;
    this.#handle = handle;
    this.#offset = resumed.offset;
    this.last = resumed.last;
    this.nextSeq = resumed.nextSeq;
    this.resumedMessages = resumed.pending;
  }

  /** Opens or makes a log. A torn last line is cut: it was never on the wire. */
  static async open(file: string, options: { saveEveryMs: number }): Promise<TruthLog> {
    mkdirSync(dirname(file), { recursive: true });
    const resumed = existsSync(file) ? await resume(file) : nothingResumed();
    if (existsSync(file)) await truncate(file, resumed.offset);
    const log = new TruthLog(file, await open(file, 'a'), resumed);
    log.#saver = setInterval(() => void log.save(), options.saveEveryMs).unref();
    return log;
  }

  /** Observations emitted by this process. */
  get emitted(): number {
    return this.#emitted;
  }

  /** Newest source time in the log, ms since 1970; undefined for a new log. */
  get lastTime_ms(): number | undefined {
    let newest: number | undefined;
    for (const { time_ms } of this.last.values()) newest = Math.max(newest ?? time_ms, time_ms);
    return newest;
  }

  /** Resolves when the points are on disk; `logged` runs before any state can be saved that knows of them. */
  async append(points: readonly TruthPoint[], logged: () => void = () => {}): Promise<void> {
    if (points.length === 0) return;
    const bytes = Buffer.from(points.map((point) => `${JSON.stringify(lineOf(point))}\n`).join(''));
    await this.#handle.appendFile(bytes);
    await this.#handle.datasync();
    this.#offset += bytes.length;
    this.#emitted += points.length;
    for (const point of points) {
      this.last.set(keyOf(point), point);
      this.nextSeq = Math.max(this.nextSeq, (point.seq ?? -1) + 1);
    }
    logged();
  }

  /** Saves what a restart needs beyond the log's end. */
  async save(): Promise<void> {
    this.#saving = this.#saving.then(() => this.#writeState());
    await this.#saving;
  }

  async close(): Promise<void> {
    clearInterval(this.#saver);
    await this.save();
    await this.#handle.close();
  }

  async #writeState(): Promise<void> {
    const state: SavedState = {
      offset: this.#offset,
      next_seq: this.nextSeq,
      pending: [...this.pending()],
      last: [...this.last.values()].map(lineOf),
    };
    const handle = await open(`${stateFile(this.#file)}.new`, 'w');
    await handle.writeFile(JSON.stringify(state));
    await handle.datasync();
    await handle.close();
    await rename(`${stateFile(this.#file)}.new`, stateFile(this.#file));
  }
}

/**
 * Reads the points of a log from an offset in bytes, each with the offset after it. A torn last line is left out.
 * @throws BenchlineError `journal_corrupt` for a whole line that is no observation.
 */
export async function* readTruth(file: string, offset = 0): AsyncGenerator<TruthPoint & { end: number }> {
  let end = offset;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { start: offset }) as AsyncIterable<Buffer>) {
    const bytes = Buffer.concat([rest, chunk]);
    let from = 0;
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, from)) {
      end += at + 1 - from;
      yield { ...parseLine(bytes.toString('utf8', from, at), file, end), end };
      from = at + 1;
    }
    rest = bytes.subarray(from);
  }
}

function parseLine(line: string, file: string, end: number): TruthPoint {
  try {
    return pointOf(JSON.parse(line) as TruthLine);
  } catch (cause) {
    throw new BenchlineError('journal_corrupt', `${file}: the line before byte ${end} is no observation`, {
      hint: 'move the log away; the simulator begins a new one',
      cause,
    });
  }
}

interface Resumed {
  offset: number;
  nextSeq: number;
  pending: DeviceMessage[];
  last: Map<string, LastPoint>;
}

function nothingResumed(): Resumed {
  return { offset: 0, nextSeq: 0, pending: [], last: new Map() };
}

async function resume(file: string): Promise<Resumed> {
  const saved = readState(file);
  const resumed: Resumed = {
    offset: saved.offset,
    nextSeq: saved.next_seq,
    pending: [...saved.pending],
    last: new Map(saved.last.map((line) => [keyOf(line), pointOf(line)])),
  };
  for await (const { end, ...point } of readTruth(file, saved.offset)) {
    resumed.offset = end;
    resumed.nextSeq = Math.max(resumed.nextSeq, (point.seq ?? -1) + 1);
    resumed.last.set(keyOf(point), point);
    takeIntoMessages(resumed.pending, point);
  }
  return resumed;
}

function takeIntoMessages(messages: DeviceMessage[], { seq, time_ms, ...point }: TruthPoint): void {
  if (seq === undefined) return;
  const message = messageOf(seq, time_ms, [point]);
  const last = messages.at(-1);
  if (last?.seq === seq)
    messages[messages.length - 1] = { ...message, tags: { ...last.tags, ...message.tags } };
  else messages.push(message);
}

function readState(file: string): SavedState {
  const nothing: SavedState = { offset: 0, next_seq: 0, pending: [], last: [] };
  if (!existsSync(stateFile(file))) return nothing;
  const saved = JSON.parse(readFileSync(stateFile(file), 'utf8')) as SavedState;
  return saved.offset > statSync(file).size ? nothing : saved;
}

function stateFile(file: string): string {
  return `${file}.state.json`;
}

function lineOf(point: TruthPoint): TruthLine {
  return {
    machine: point.machine,
    signal: point.signal,
    source_time_ns: (BigInt(point.time_ms) * millionth).toString(),
    value: valueToJson(point.value),
    ...(point.seq === undefined ? {} : { seq: point.seq }),
  };
}

function pointOf(line: TruthLine): TruthPoint {
  return {
    machine: line.machine,
    signal: line.signal,
    time_ms: Number(BigInt(line.source_time_ns) / millionth),
    value: valueFromJson(line.value),
    ...(line.seq === undefined ? {} : { seq: line.seq }),
  };
}
