import { type CanonicalState, exampleShift } from '@benchline/model';
import type { CountRole } from '../../src/accounts/facts.ts';

/** `cases/NAME/case.json`: what a machine did between 0 and `to_s`; `expected.json`: its figures, or why not. */
export interface Case {
  about: string;
  to_s: number;
  planned_s: [number, number][];
  observed_s?: [number, number][];
  states: [number, CanonicalState][];
  planned_run_time_per_item_s?: number;
  products?: Record<string, number>;
  product?: [number, string][];
  order?: [number, boolean][];
  counters?: Partial<Record<CountRole, [number, number][]>>;
  registers?: Partial<Record<'import' | 'export', [number, number][]>>;
  rollover_at?: number;
}

/** The shift that the catalogue's examples speak of. */
export const shift: Case = {
  about: exampleShift,
  to_s: 86_400,
  planned_s: [[0, 30_000]],
  states: [
    [0, 'setup'],
    [1800, 'producing'],
    [12_000, 'fault'],
    [12_400, 'producing'],
    [20_000, 'fault'],
    [20_200, 'waiting'],
    [22_600, 'producing'],
    ...[
      [23_000, 150],
      [24_000, 150],
      [25_000, 200],
      [26_000, 100],
    ].flatMap(([at = 0, length = 0]): Case['states'] => [
      [at, 'short_stop'],
      [at + length, 'producing'],
    ]),
    [27_000, 'no_order'],
    [28_800, 'planned_maintenance'],
    [30_000, 'no_order'],
  ],
  order: [
    [0, true],
    [27_000, false],
    [30_000, true],
    [36_000, false],
  ],
  planned_run_time_per_item_s: 30,
  counters: {
    good: [
      [0, 0],
      [27_000, 627],
    ],
    scrap: [
      [0, 0],
      [27_000, 22],
    ],
    rework: [
      [0, 0],
      [27_000, 11],
    ],
  },
  registers: {
    import: [
      [0, 1000],
      [1800, 1004.6],
      [12_000, 1064.6],
      [12_400, 1065],
      [20_000, 1105],
      [20_200, 1105.2],
      [22_600, 1109.2],
      [23_000, 1111.2],
      [23_150, 1111.45],
      [24_000, 1115.45],
      [24_150, 1115.7],
      [25_000, 1119.7],
      [25_200, 1119.95],
      [26_000, 1122.95],
      [26_100, 1123.2],
      [27_000, 1126.2],
      [28_800, 1130],
      [30_000, 1132],
    ],
    export: [
      [0, 5],
      [1800, 5],
      [12_000, 8.3],
      [26_100, 8.3],
      [27_000, 11.6],
    ],
  },
};
