import { readFileSync } from 'node:fs';
import { type ValueJson, valueFromJson } from '@benchline/model';

/** What one machine really did, by its simulator's own log. */
export interface MachineTruth {
  first: bigint;
  last: bigint;
  /** The last value of a counter or register less its first. */
  difference(signal: string): number;
}

export function readTruth(file: string, machine: string): MachineTruth {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map(
      (line) =>
        JSON.parse(line) as { machine: string; signal: string; source_time_ns: string; value: ValueJson },
    )
    .filter((line) => line.machine === machine);
  const times = lines.map((line) => BigInt(line.source_time_ns));
  const values = (signal: string) =>
    lines.filter((line) => line.signal === signal).map((line) => Number(valueFromJson(line.value)));
  return {
    first: times.reduce((a, b) => (a < b ? a : b)),
    last: times.reduce((a, b) => (a > b ? a : b)),
    difference: (signal) => (values(signal).at(-1) ?? 0) - (values(signal)[0] ?? 0),
  };
}
