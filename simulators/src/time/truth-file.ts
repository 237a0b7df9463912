import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { BenchlineError, type ValueJson, valueFromJson, valueToJson } from '@benchline/model';
import { type DeviceMessage, messageOf } from '../mqtt/message.ts';
import { keyOf, type Point } from './timeline.ts';

/** An emitted point; `seq` is the number of the message that carried it, where messages are numbered. */
export interface TruthPoint extends Point {
  /** Source time, ms since 1970. */
  time_ms: number;
  seq?: number;
}

/** What a simulator has to know to go on where an earlier process stopped. */
export interface TruthState {
  /** Bytes of the log that the state has taken in. */
  offset: number;
  nextSeq: number;
  /** Messages that nobody had confirmed. */
  pending: DeviceMessage[];
  /** Newest point of each signal, by `keyOf`. */
  last: Map<string, TruthPoint>;
}

interface TruthLine {
  machine: string;
  signal: string;
  source_time_ns: string;
  value: ValueJson;
  seq?: number;
}

interface SavedState {
  offset: number;
  next_seq: number;
  pending: DeviceMessage[];
  last: TruthLine[];
}

const millionth = 1_000_000n;
const newline = 10;

export function emptyState(): TruthState {
  return { offset: 0, nextSeq: 0, pending: [], last: new Map() };
}

/** A point as one line of the log: `{"machine","signal","source_time_ns","value"}`, with `seq` where it has one. */
export function truthLine(point: TruthPoint): string {
  return `${JSON.stringify(lineOf(point))}\n`;
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
    for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, from)) {
      end += at + 1 - from;
      yield { ...parseLine(bytes.toString('utf8', from, at), file, end), end };
      from = at + 1;
    }
    rest = bytes.subarray(from);
  }
}

/** The state at the end of a log: the one saved beside it, and what the log says since. */
export async function readState(file: string): Promise<TruthState> {
  const state = savedState(file);
  for await (const { end, ...point } of readTruth(file, state.offset)) {
    state.offset = end;
    state.nextSeq = Math.max(state.nextSeq, (point.seq ?? -1) + 1);
    state.last.set(keyOf(point), point);
    takeIntoMessages(state.pending, point);
  }
  return state;
}

/** Replaces the state beside a log; a crash leaves the old one or the new one. */
export async function writeState(file: string, state: TruthState): Promise<void> {
  const saved: SavedState = {
    offset: state.offset,
    next_seq: state.nextSeq,
    pending: state.pending,
    last: [...state.last.values()].map(lineOf),
  };
  const handle = await open(`${stateFile(file)}.new`, 'w');
  await handle.writeFile(JSON.stringify(saved));
  await handle.datasync();
  await handle.close();
  await rename(`${stateFile(file)}.new`, stateFile(file));
}

function savedState(file: string): TruthState {
  if (!existsSync(stateFile(file))) return emptyState();
  const saved = JSON.parse(readFileSync(stateFile(file), 'utf8')) as SavedState;
  // A log that is shorter than its state is another log.
  if (saved.offset > statSync(file).size) return emptyState();
  return {
    offset: saved.offset,
    nextSeq: saved.next_seq,
    pending: saved.pending,
    last: new Map(saved.last.map((line) => [keyOf(line), pointOf(line)])),
  };
}

function takeIntoMessages(messages: DeviceMessage[], { seq, time_ms, ...point }: TruthPoint): void {
  if (seq === undefined) return;
  const message = messageOf(seq, time_ms, [point]);
  const last = messages.at(-1);
  if (last?.seq === seq)
    messages[messages.length - 1] = { ...message, tags: { ...last.tags, ...message.tags } };
  else messages.push(message);
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
