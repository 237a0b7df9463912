import type { CampaignResult, DoneFault } from './campaign.ts';
import type { MetricsStore } from './fault.ts';
import type { Verdict } from './oracle/verdict.ts';

/** What a run leaves behind. Counts of observations; times in seconds. */
export interface ResultFile extends Omit<Verdict, 'findings'> {
  seed: string;
  /** Where metrics had its telemetry. */
  store: MetricsStore;
  faults: DoneFault[];
  failed_starts: number;
  /** From a fault's end until all lag was gone; null where nothing settled. */
  settle_s: { p50: number | null; p99: number | null; max: number | null };
  /** Pace at which the largest backlog was taken ÷ pace at which it had been made; null with a reason. */
  drain_ratio: number | null;
  drain: Readonly<Record<string, number | string>>;
  problems: string[];
  findings: string[];
}

export function resultOf(seed: string, store: MetricsStore, campaign: CampaignResult): ResultFile {
  const { faults, drain, findings, suspects: _, ...verdict } = campaign;
  const settled = faults.flatMap(({ settle_s }) => settle_s ?? []).sort((a, b) => a - b);
  const at = (share: number) =>
    settled[Math.min(settled.length - 1, Math.floor(share * settled.length))] ?? null;
  return {
    seed,
    store,
    faults,
    ...verdict,
    findings: findings.map(({ text }) => text),
    settle_s: { p50: at(0.5), p99: at(0.99), max: settled.at(-1) ?? null },
    drain_ratio: 'drain_ratio' in drain ? drain.drain_ratio : null,
    drain:
      'absent' in drain ? { absent: drain.absent } : { backlog: drain.backlog, outage_s: drain.outage_s },
  };
}

/** Why a run counts as failed; empty when it does not. */
export function failures(result: ResultFile): string[] {
  const counts = {
    lost: result.lost,
    'double counted': result.double_counted,
    'wrong figures': result.wrong_figures,
    'failed starts': result.failed_starts,
    problems: result.problems.length,
  };
  const failed = Object.entries(counts).flatMap(([what, count]) => (count > 0 ? [`${count} ${what}`] : []));
  if (result.emitted !== result.stored + result.declared_gaps + result.quarantined + result.lost)
    failed.push('the sum does not add up');
  return failed;
}
