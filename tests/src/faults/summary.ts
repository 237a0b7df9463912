import type { ResultFile } from './result.ts';

/** The tables of some runs as Markdown: each run, faults by kind, and the sums. */
export function summaryOf(results: readonly ResultFile[]): string {
  return [runsTable(results), kindsTable(results)].join('\n');
}

function runsTable(results: readonly ResultFile[]): string {
  const rows = results.map((r) => [
    r.seed,
    r.faults.length,
    r.emitted,
    r.stored,
    r.declared_gaps,
    r.quarantined,
    r.lost,
    r.double_counted,
    r.wrong_figures,
    r.failed_starts,
    [r.settle_s.p50, r.settle_s.p99, r.settle_s.max].map(seconds).join(' / '),
    r.drain_ratio === null ? 'not measured' : `${r.drain_ratio.toFixed(0)} ×`,
  ]);
  return table(
    [
      'seed',
      'faults',
      'emitted',
      'stored',
      'in declared gaps',
      'quarantined',
      'lost',
      'double counted',
      'wrong figures',
      'failed starts',
      'time to converge p50 / p99 / max, s',
      'drain ÷ live',
    ],
    [...rows, totals(results)],
  );
}

function totals(results: readonly ResultFile[]): (string | number)[] {
  const sum = (count: (r: ResultFile) => number) => results.reduce((total, r) => total + count(r), 0);
  return [
    '**all**',
    sum((r) => r.faults.length),
    sum((r) => r.emitted),
    sum((r) => r.stored),
    sum((r) => r.declared_gaps),
    sum((r) => r.quarantined),
    sum((r) => r.lost),
    sum((r) => r.double_counted),
    sum((r) => r.wrong_figures),
    sum((r) => r.failed_starts),
    '',
    '',
  ];
}

function kindsTable(results: readonly ResultFile[]): string {
  const byKind = Map.groupBy(
    results.flatMap(({ faults }) => faults),
    ({ kind }) => kind,
  );
  const rows = [...byKind]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([kind, faults]) => {
      // What converged slowly in company may be the other's doing.
      const alone = faults.filter((fault) => fault.with.length === 0);
      const settled = (alone.length > 0 ? alone : faults)
        .flatMap(({ settle_s }) => settle_s ?? [])
        .sort((a, b) => a - b);
      const lasted = faults.reduce((total, { lasted_s }) => total + lasted_s, 0);
      const median = settled[Math.floor(settled.length / 2)] ?? null;
      return [kind, faults.length, seconds(lasted), seconds(median), seconds(settled.at(-1) ?? null)];
    });
  return table(
    ['kind', 'faults', 'lasted in all, s', 'time to converge p50, s', 'time to converge max, s'],
    rows,
  );
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}

function seconds(value: number | null): string {
  return value === null ? '–' : value.toFixed(1);
}
