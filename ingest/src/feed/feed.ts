import type { Ledger } from '../ledger/ledger.ts';

/** A sequence of durable records that grows: the ledger itself, or the part of it that a store holds. */
export interface Growing {
  readonly next: number;
  /** Of a store: another one once it has lost some of what was shown. */
  readonly life?: string;
  waitFor(offset: number, signal: AbortSignal): Promise<void>;
}

/** More would only wait in memory for a slow reader. */
const chunkBytes = 256 << 10;
const keepAlive_ms = 1000;
const lineEnd = Buffer.from('\n');

export interface FeedRequest {
  ledger: Pick<Ledger, 'read'>;
  /** What of the ledger this reader is shown. */
  shown: Growing;
  from: number;
  /** Everything below an offset has been handed over to the connection. */
  sent(next: number): void;
}

/**
 * The ledger's lines from an offset on, for ever, up to where `shown` has grown; an empty line when nothing has
 * come for a second, so that both ends notice a dead connection. A reader that is slow holds up only itself:
 * nothing is read ahead of it. It ends when a store has lost what was shown of it.
 */
export async function* feedFrom(
  { ledger, shown, from, sent }: FeedRequest,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  let offset = from;
  const { life } = shown;
  // The first bytes carry the headers, which tell the reader that it is connected.
  if (offset >= shown.next) yield lineEnd;
  while (!signal.aborted && shown.life === life) {
    const end = shown.next;
    if (offset < end) {
      const lines = await linesOf(ledger, offset, end);
      offset = lines.next;
      yield lines.text;
      sent(offset);
    } else if (!(await grew(shown, offset, signal)) && !signal.aborted) yield lineEnd;
  }
}

/** In a function of its own: what was read to make the text must not be held while a reader takes its time. */
async function linesOf(
  ledger: Pick<Ledger, 'read'>,
  from: number,
  end: number,
): Promise<{ text: Buffer; next: number }> {
  const records = (await ledger.read(from, chunkBytes)).filter(({ position }) => position < end);
  const text = Buffer.concat(records.flatMap(({ data }) => [data, lineEnd]));
  return { text, next: from + records.length };
}

async function grew(shown: Growing, offset: number, signal: AbortSignal): Promise<boolean> {
  const wait = new AbortController();
  const stop = () => wait.abort();
  const timer = setTimeout(stop, keepAlive_ms);
  signal.addEventListener('abort', stop, { once: true });
  await shown.waitFor(offset, wait.signal);
  clearTimeout(timer);
  signal.removeEventListener('abort', stop);
  return shown.next > offset;
}
