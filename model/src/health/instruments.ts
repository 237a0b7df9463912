/** Something that a service measures about itself, as operators read it. */
export interface Instrument {
  type: 'gauge' | 'counter' | 'histogram';
  /** Of the value: a base unit (`s`, `bytes`) or what is counted. */
  unit: string;
  /** What it says; the HELP line. */
  help: string;
  /** What to do when it is not as it should be. */
  action: string;
  /** Their values come from the service's own enumerations and configuration, never from messages. */
  labels?: readonly string[];
  /** Upper bounds of a histogram. */
  buckets?: readonly number[];
}

/** Instruments by name without the service's prefix; names end in their base unit, and counters in `_total`. */
export type Instruments = Readonly<Record<string, Instrument>>;

/** Keeps the names and labels of a service's instruments as types, so that none can be forgotten or misspelt. */
export function instruments<const T extends Instruments>(table: T): T {
  return table;
}

type LabelOf<I extends Instrument> = I extends { labels: readonly (infer L extends string)[] } ? L : never;
type NameOf<T extends Instruments, Type extends Instrument['type']> = {
  [K in keyof T & string]: T[K]['type'] extends Type ? K : never;
}[keyof T & string];

export type Labels<I extends Instrument> = Readonly<Record<LabelOf<I>, string>>;
export type HistogramName<T extends Instruments> = NameOf<T, 'histogram'>;

/** Everything but histograms, as it is now. Undefined is unknown: it is left out, which is not zero. */
export type Samples<T extends Instruments> = {
  readonly [K in NameOf<T, 'gauge' | 'counter'>]: T[K] extends { labels: readonly string[] }
    ? readonly (readonly [Labels<T[K]>, number | undefined])[]
    : number | undefined;
};

/** Delays between milliseconds and a quarter of an hour. */
export const delayBuckets_s = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900] as const;

/** What every service measures. */
export const commonInstruments = instruments({
  ready: {
    type: 'gauge',
    unit: '0 or 1',
    help: 'Whether every stage works, as /readyz says',
    action: 'ask /readyz which stage does not, and why',
  },
  stage_standing_seconds: {
    type: 'gauge',
    unit: 's',
    labels: ['stage', 'subject'],
    help: 'How long a stage has stood still; 0 while it works',
    action: 'ask /healthz for the reason and for what to do',
  },
  stage_stalled: {
    type: 'gauge',
    unit: '0 or 1',
    labels: ['stage', 'subject'],
    help: 'Whether a stage has stood still for longer than http.stalled_after_s allows',
    action: 'alarm on 1; ask /healthz for the reason and for what to do',
  },
  http_request_seconds: {
    type: 'histogram',
    unit: 's',
    labels: ['route', 'status'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    help: 'Duration of answers by route; endless ones are left out',
    action: 'slow answers: compare with process_cpu_seconds_total and nodejs_eventloop_lag_p99_seconds',
  },
});
