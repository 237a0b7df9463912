import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';

/** A stretch shorter than this without a record is no outage. */
const outage_s = 5;
const backlogLeast = 200;

/** How fast the ledger took what an outage had dammed up, beside the pace at which it comes otherwise. */
export type Drain = { drain_ratio: number; backlog: number; outage_s: number } | { absent: string };

interface Arrival {
  received_s: number;
  /** When the gateway committed it. */
  made_s: number;
  observations: number;
}

/**
 * The drain after the outage with the largest backlog, out of the ledger's own times: what the gateway had committed
 * before the ledger took a record again, over the time from that record to the last of the backlog.
 */
export async function drainRatio(ingestUrl: string, next: number): Promise<Drain> {
  const arrivals = next === 0 ? [] : await readArrivals(ingestUrl, next);
  let longest: { from: number; until: number; observations: number } | undefined;
  for (let i = 1; i < arrivals.length; i++) {
    if (gap_s(arrivals, i) < outage_s) continue;
    const backlog = backlogFrom(arrivals, i);
    if (!longest || backlog.observations > longest.observations) longest = backlog;
  }
  if (!longest) return { absent: `the ledger was never without a record for ${outage_s} s` };
  if (longest.observations < backlogLeast)
    return { absent: `the largest backlog held ${longest.observations} observations, too few to time` };
  const before = arrivals[longest.from - 1];
  const [first, last] = [arrivals[longest.from], arrivals[longest.until]];
  if (!before || !first || !last) return { absent: 'the ledger is empty' };
  const live = longest.observations / (first.received_s - before.received_s);
  const drained = longest.observations / Math.max(0.001, last.received_s - first.received_s);
  return {
    drain_ratio: drained / live,
    backlog: longest.observations,
    outage_s: first.received_s - before.received_s,
  };
}

function gap_s(arrivals: readonly Arrival[], i: number): number {
  return (arrivals[i]?.received_s ?? 0) - (arrivals[i - 1]?.received_s ?? 0);
}

function backlogFrom(arrivals: readonly Arrival[], from: number) {
  const back_s = arrivals[from]?.received_s ?? 0;
  const backlog = { from, until: from, observations: 0 };
  for (let i = from; (arrivals[i]?.made_s ?? Number.POSITIVE_INFINITY) < back_s; i++) {
    backlog.until = i;
    backlog.observations += arrivals[i]?.observations ?? 0;
  }
  return backlog;
}

interface RecordText {
  offset: number;
  received_ns: string;
  batch?: { content: { gateway_time_ns: string; observations: unknown[] } };
}

async function readArrivals(ingestUrl: string, next: number): Promise<Arrival[]> {
  const arrivals: Arrival[] = [];
  const response = await fetch(`${ingestUrl}/feed?from=0`);
  if (!response.ok || !response.body) throw new Error(`the feed answered ${response.status}`);
  const body = Readable.fromWeb(response.body);
  for await (const line of createInterface({ input: body })) {
    if (line === '') continue;
    const { offset, received_ns, batch } = JSON.parse(line) as RecordText;
    if (batch)
      arrivals.push({
        received_s: Number(BigInt(received_ns)) / 1e9,
        made_s: Number(BigInt(batch.content.gateway_time_ns)) / 1e9,
        observations: batch.content.observations.length,
      });
    if (offset >= next - 1) break;
  }
  body.destroy();
  return arrivals;
}
