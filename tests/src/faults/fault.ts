import type { GapReason } from '@benchline/model';
import type { Random } from '@benchline/simulators';
import type { LinkName, PartName, World } from './world/world.ts';

/** What a fault is drawn with: JSON, so that a story can be printed and told again. */
export type Parameters = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/**
 * One kind of fault. Kinds are stateless; everything about one occurrence is in its parameters.
 *
 * Method syntax on purpose: kinds with parameters of their own fit into one map.
 */
export interface FaultKind<P extends Parameters = Parameters> {
  /** kebab-case, as it stands in result files. */
  readonly kind: string;
  /** One sentence for a person: what is done. */
  readonly summary: string;
  /** How often it is drawn beside the others; default 1. Every kind is drawn before any is drawn again. */
  readonly weight?: number;
  /** Draws parameters. Pure: nothing but `random` decides. */
  draw(random: Random): P;
  /** Roughly how long `inject` takes, seconds: where the plan puts its neighbours. */
  lasts_s(parameters: P): number;
  /** What it lays hands on. Faults that touch the same thing, or one that touches `everything`, never overlap. */
  touches(parameters: P): readonly (PartName | LinkName | 'everything')[];
  /** What it may cost at most. */
  cost(parameters: P): Cost;
  /** Why it cannot run on this computer; undefined where it can. */
  needs?(environment: Environment): string | undefined;
  /**
   * Does it and undoes it: when the promise resolves, everything runs as it did before (or is being restarted by its
   * supervisor). When `signal` aborts it undoes at once. Rejects when the fault could not be done, or when the system
   * did not answer as this kind demands (an alarm that was not raised): either fails the run.
   */
  inject(world: World, parameters: P, signal: AbortSignal): Promise<void>;
}

/** What a fault may cost: nothing, or observations in declared gaps, or in quarantine, within stated bounds. */
export type Cost = 'nothing' | readonly Toll[];

/** Data that a fault made unobtainable: source times within the fault, widened by the allowances. */
export interface Toll {
  as: 'gap' | 'quarantine';
  /** Whose data. */
  machines: 'all' | readonly string[];
  /** Only gaps that are declared for this reason; default: any. */
  reason?: GapReason;
  /** Source times from so many seconds before the fault began … */
  before_s: number;
  /** … until so many seconds after it was undone. */
  after_s: number;
}

/** Where metrics has its telemetry: a store of its own, or the InfluxDB that ingest fills. */
export type MetricsStore = 'embedded' | 'influx';

/** What a computer, and the system on it, have that some kinds need. */
export interface Environment {
  root: boolean;
  metrics_store: MetricsStore;
  /** Absolute path of an installed program. */
  program(name: string): string | undefined;
}

export type { Address, Json, Link, LinkName, Part, PartName, World } from './world/world.ts';
export { bridged_s } from './world/world.ts';
