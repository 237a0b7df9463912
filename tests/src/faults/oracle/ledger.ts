import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';

/** A batch as the ledger took it. */
export interface LedgerBatch {
  received_s: number;
  /** When the gateway committed it. */
  made_s: number;
  /** Why no store has it: its bytes are in quarantine. */
  held?: string;
  machine: string;
  observations: readonly { signal: string; source_time_ns: string }[];
}

interface RecordText {
  offset: number;
  received_ns: string;
  held?: string;
  batch?: {
    content: { gateway_time_ns: string; machine: string; observations: LedgerBatch['observations'] };
  };
}

/** The batches of a ledger that is not written any more, in order, by its feed. */
export async function* readLedger(ingestUrl: string): AsyncGenerator<LedgerBatch> {
  const next = await nextOffset(ingestUrl);
  if (next === 0) return;
  const response = await fetch(`${ingestUrl}/feed?from=0`);
  if (!response.ok || !response.body) throw new Error(`the feed answered ${response.status}`);
  const body = Readable.fromWeb(response.body);
  try {
    for await (const line of createInterface({ input: body })) {
      if (line === '') continue;
      const { offset, received_ns, held, batch } = JSON.parse(line) as RecordText;
      if (batch) yield { ...batchOf(received_ns, batch.content), ...(held === undefined ? {} : { held }) };
      if (offset >= next - 1) return;
    }
  } finally {
    body.destroy();
  }
}

function batchOf(received_ns: string, content: NonNullable<RecordText['batch']>['content']): LedgerBatch {
  return {
    received_s: Number(BigInt(received_ns)) / 1e9,
    made_s: Number(BigInt(content.gateway_time_ns)) / 1e9,
    machine: content.machine,
    observations: content.observations,
  };
}

async function nextOffset(ingestUrl: string): Promise<number> {
  const response = await fetch(`${ingestUrl}/status`);
  return ((await response.json()) as { ledger: { next: number } }).ledger.next;
}
