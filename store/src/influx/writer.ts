import { BenchlineError } from '@benchline/model';
import { InfluxClient } from './client.ts';
import type { InfluxConfig } from './config.ts';
import type { Credentials } from './credentials.ts';
import { type Answer, serverWords, unavailable, unreachable } from './failure.ts';
import { Silence } from './http.ts';

/** A line that the server refused for what it says; `index` counts in the lines given. */
export interface RefusedLine {
  index: number;
  detail: string;
  /** It is older than the server keeps anything. */
  expired?: true;
}

const mostLines = 40_000;
/** Under a slow server requests shrink to so many lines, not further. */
const fewestLines = 100;
/** After so many requests without trouble they grow again. */
const calmRequests = 20;
/** InfluxDB 1.x takes bodies of up to 25 MB; a UTF-16 unit is at most three bytes of UTF-8. */
const unitsARequest = 8_000_000;
/**
 * Requests on their way at a time, of different series: one of them keeps hardly more than one core of the server busy.
 * A power of two.
 */
const lanes = 2;
/** Fewer lines are not worth a second request. */
const linesWorthLanes = 4000;

/** Lines of one write, by their places in it. */
type Part = readonly number[];

/** Sends finished lines. It keeps nothing for later: what rejects was not written and is the caller's to repeat. */
export class LineWriter {
  readonly #url: string;
  readonly #client: InfluxClient;
  /** Lines a request carries now, and at most. */
  #lines = mostLines;
  #most = mostLines;
  /** Requests still to come before they grow. */
  #careful = 0;

  constructor(config: InfluxConfig, credentials: Credentials) {
    this.#url = config.url;
    this.#client = new InfluxClient(config, credentials);
  }

  /**
   * Writes lines, those of one group in order. Lines that the server refuses are found by halving and come back; all
   * others are stored. Writing a line twice is harmless, and a request that stored its good lines before it complained
   * of the bad ones is therefore simply repeated in parts.
   * @param groupOf the group of a line, by its index; all lines of a series are in one.
   * @throws BenchlineError `store_unavailable`; any of the lines may have been stored then, and none is on its way.
   */
  async write(
    lines: readonly string[],
    groupOf: (index: number) => string = () => '',
  ): Promise<RefusedLine[]> {
    const refused: RefusedLine[] = [];
    const ways = this.#lanesOf(lines, groupOf).map((lane) => this.#writeLane(lines, lane, refused));
    // One that fails must not leave the other behind: what it carries would come after what is written next.
    const failure = (await Promise.allSettled(ways)).find((way) => way.status === 'rejected');
    if (failure) throw failure.reason;
    return refused.sort((a, b) => a.index - b.index);
  }

  close(): void {
    this.#client.close();
  }

  /** All lines of a group in one lane. A server in trouble gets one request at a time. */
  #lanesOf(lines: readonly string[], groupOf: (index: number) => string): Part[] {
    const one = lines.length < linesWorthLanes || this.#careful > 0;
    if (one) return [Array.from(lines, (_, index) => index)];
    const parts: number[][] = Array.from({ length: lanes }, () => []);
    for (let index = 0; index < lines.length; index += 1) parts[laneOf(groupOf(index))]?.push(index);
    return parts.filter((part) => part.length > 0);
  }

  async #writeLane(lines: readonly string[], lane: Part, refused: RefusedLine[]): Promise<void> {
    for (let from = 0; from < lane.length; ) {
      const to = this.#endOfRequest(lines, lane, from);
      await this.#writePart(lines, lane.slice(from, to), refused);
      from = to;
    }
  }

  #endOfRequest(lines: readonly string[], lane: Part, from: number): number {
    let units = 0;
    let to = from;
    while (to < lane.length && to - from < this.#lines) {
      units += (lines[lane[to] ?? 0]?.length ?? 0) + 1;
      if (units > unitsARequest && to > from) break;
      to += 1;
    }
    return to;
  }

  async #writePart(lines: readonly string[], part: Part, refused: RefusedLine[]): Promise<void> {
    const detail = await this.#post(lines, part);
    if (detail === undefined) return;
    if (isExpiry(detail)) {
      await this.#writeAllButExpired(lines, part, detail, refused);
      return;
    }
    const [only] = part;
    if (part.length === 1 && only !== undefined) {
      refused.push({ index: only, detail });
      return;
    }
    const middle = part.length >>> 1;
    await this.#writePart(lines, part.slice(0, middle), refused);
    await this.#writePart(lines, part.slice(middle), refused);
  }

  /**
   * The server keeps nothing older than some instant, which is found by halving in the order of time: a whole
   * history may be older, and asking line by line would take a request for each.
   */
  async #writeAllButExpired(
    lines: readonly string[],
    part: Part,
    detail: string,
    refused: RefusedLine[],
  ): Promise<void> {
    const byTime = part.toSorted((a, b) => (timeOf(lines[a]) < timeOf(lines[b]) ? -1 : 1));
    // One of them has expired, so the oldest has.
    let expired = 1;
    let kept = byTime.length;
    while (expired < kept) {
      const middle = (expired + kept) >>> 1;
      const answer = await this.#post(lines, byTime.slice(middle, middle + 1));
      if (answer !== undefined && isExpiry(answer)) expired = middle + 1;
      else kept = middle;
    }
    for (const index of byTime.slice(0, expired)) refused.push({ index, detail, expired: true });
    const rest = new Set(byTime.slice(expired));
    if (rest.size > 0)
      await this.#writePart(
        lines,
        part.filter((index) => rest.has(index)),
        refused,
      );
  }

  /** One request. Resolves with the server's words when it refuses what the lines say, undefined when all is stored. */
  async #post(lines: readonly string[], part: Part): Promise<string | undefined> {
    const reply = await this.#client
      .write(part.map((index) => lines[index] ?? ''))
      .catch((error: unknown) => {
        // The next attempt asks for less: a server that is slow would never come to an end with this much.
        if (error instanceof Silence) {
          this.#lines = Math.max(fewestLines, part.length >>> 2);
          this.#careful = calmRequests;
        }
        throw error instanceof BenchlineError ? error : unreachable(this.#url, error);
      });
    if (reply === undefined) {
      if (this.#careful > 0) this.#careful -= 1;
      else if (part.length >= this.#lines) this.#lines = Math.min(this.#most, this.#lines * 2);
      return undefined;
    }
    if (reply.status === 413 && part.length > 1) {
      this.#most = Math.max(1, part.length >>> 1);
      this.#lines = Math.min(this.#lines, this.#most);
    }
    return this.#refusal({ ...reply, words: serverWords(reply) });
  }

  #refusal(answer: Answer & { words: string | undefined }): string {
    const { status, words } = answer;
    if (status === 413) return words ?? 'too large';
    // A proxy's or another program's 400 says nothing about the lines, and a full index is the store's own state.
    if ((status === 400 || status === 422) && words !== undefined && !/limit exceeded/.test(words))
      return words;
    throw unavailable(this.#url, { ...answer, text: words ?? answer.text });
  }
}

function laneOf(group: string): number {
  let hash = 0;
  for (let at = 0; at < group.length; at += 1) hash = (Math.imul(hash, 31) + group.charCodeAt(at)) | 0;
  return ((hash >>> 16) ^ hash) & (lanes - 1);
}

function isExpiry(words: string): boolean {
  return words.includes('beyond retention policy');
}

function timeOf(line = ''): bigint {
  return BigInt(line.slice(line.lastIndexOf(' ') + 1));
}
