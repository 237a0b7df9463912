import { BenchlineError } from '@benchline/model';

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Reads `90s`, `5m`, `24h`, `84d` or `250ms` as milliseconds. @throws BenchlineError `usage`. */
export function parseDuration(text: string, option: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
  if (!match)
    throw new BenchlineError('usage', `${option} ${text} is not a duration`, {
      hint: `write it like ${option} 90s, 5m or 24h`,
    });
  return Number(match[1]) * unitMs[match[2] as keyof typeof unitMs];
}
