import { setTimeout as sleep } from 'node:timers/promises';
import { isoFromNs } from '@benchline/model';
import type { Box } from './box.ts';
import { MetricsApi } from './metrics-api.ts';
import { type Account, type Finding, reconcile } from './reconcile.ts';

const drainLimitMs = 30_000;
const pollMs = 1000;
/** So many show where to look. */
const mostExamples = 5;

/** An account that adds up, with what ingest put into quarantine. */
export interface SettledAccount extends Account {
  quarantined: number;
  /** The first observations that did not come out as they should: `missing: mill-1 power at 2026-…`. */
  examples: readonly string[];
}

/**
 * Waits until everything that was emitted is accounted for, at most 30 s after emission stopped, and returns the
 * last account either way.
 */
export async function settle(box: Box): Promise<SettledAccount> {
  const api = new MetricsApi(box.url);
  const deadline = Date.now() + drainLimitMs;
  for (;;) {
    const examples: string[] = [];
    const found = (finding: Finding) => {
      if (finding.what !== 'declared' && examples.length < mostExamples) examples.push(textOf(finding));
    };
    const counts = await reconcile(box.home.truth_folder, api, found);
    const account = { ...counts, quarantined: await quarantined(box), examples };
    if (addsUp(account) || Date.now() > deadline) return account;
    await sleep(pollMs);
  }
}

/** Whether every emission is stored once with its value, in a declared gap, or in quarantine. */
export function addsUp(account: SettledAccount): boolean {
  return (
    account.wrong === 0 &&
    account.invented === 0 &&
    account.doubled === 0 &&
    account.emitted === account.stored + account.declared_gaps + account.quarantined
  );
}

function textOf({ what, machine, signal, time_ns }: Finding): string {
  return `${what}: ${machine} ${signal} at ${isoFromNs(time_ns)}`;
}

async function quarantined(box: Box): Promise<number> {
  const status = (await (await fetch(`${box.ingestUrl}/status`)).json()) as {
    quarantined_observations?: number;
  };
  return status.quarantined_observations ?? 0;
}
