import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import {
  commonInstruments,
  type HistogramName,
  type Instrument,
  type Instruments,
  type Labels,
  type Samples,
} from './instruments.ts';

/** Values of one instrument: a number, or one for each combination of labels. */
type Values =
  | number
  | undefined
  | readonly (readonly [Readonly<Record<string, string>>, number | undefined])[];

/** How often the event loop is looked at, in milliseconds: finer wakes an idle computer for nothing. */
const loopPrecision_ms = 50;

/** What a service measures about itself, in the text format of Prometheus, with the process's own measurements. */
export class Exposition<T extends Instruments> {
  readonly contentType: string;
  readonly #registry = new Registry();
  readonly #sampled = new Map<string, Gauge | Counter>();
  readonly #histograms = new Map<string, Histogram>();
  readonly #sample: () => Samples<T>;

  /** @param sample reads all gauges and counters; called at each scrape. */
  constructor(service: string, table: T, sample: () => Samples<T>) {
    this.#sample = sample;
    this.contentType = this.#registry.contentType;
    for (const [name, instrument] of Object.entries<Instrument>({ ...commonInstruments, ...table }))
      this.#add(name, `benchline_${service}_${name}`, instrument);
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: loopPrecision_ms });
  }

  /** Adds a measurement to a histogram. */
  observe<K extends HistogramName<T>>(name: K, value: number, labels: Labels<T[K]>): void {
    this.#histograms.get(name)?.observe(labels, value);
  }

  async text(common: Samples<typeof commonInstruments>): Promise<string> {
    const values: Record<string, Values> = { ...common, ...this.#sample() };
    for (const [name, metric] of this.#sampled) set(metric, values[name]);
    return this.#registry.metrics();
  }

  /** How long an answer took. */
  answered(route: string, status: number, seconds: number): void {
    this.#histograms.get('http_request_seconds')?.observe({ route, status: String(status) }, seconds);
  }

  #add(key: string, name: string, { type, help, labels = [], buckets }: Instrument): void {
    const common = { name, help, labelNames: [...labels], registers: [this.#registry] };
    if (type === 'histogram')
      this.#histograms.set(key, new Histogram({ ...common, ...(buckets && { buckets: [...buckets] }) }));
    else this.#sampled.set(key, type === 'gauge' ? new Gauge(common) : new Counter(common));
  }
}

/** Everything anew, so that a source or a reason that is gone does not stay. */
function set(metric: Gauge | Counter, values: Values): void {
  metric.reset();
  const rows = typeof values === 'object' ? values : [[{}, values] as const];
  for (const [labels, value] of rows)
    if (value === undefined) metric.remove(labels);
    else if (metric instanceof Gauge) metric.set(labels, value);
    else metric.inc(labels, value);
}
