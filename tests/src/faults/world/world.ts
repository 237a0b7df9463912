/** Processes of the world. `line`, `mill`, `plc` and `meter` are simulators; the truth is theirs. */
export const partNames = [
  'gateway',
  'ingest',
  'metrics',
  'broker',
  'influxd',
  'line',
  'mill',
  'plc',
  'meter',
] as const;
export type PartName = (typeof partNames)[number];

/** Seconds that the queues at the controllers bridge, by the gateway's configuration (`survive_outage_s`). */
export const bridged_s = 60;

/** Ways between processes, each through a front door whose address is in the client's configuration. */
export const linkNames = [
  'gateway-broker',
  'ingest-broker',
  'devices-broker',
  'ingest-influxd',
  'gateway-line',
  'gateway-mill',
  'metrics-ingest',
] as const;
export type LinkName = (typeof linkNames)[number];

/** The system under test, in one folder, as the kinds of faults get it in hand. */
export interface World {
  /** Everything that it keeps; what a fault leaves as evidence goes to `folder/evidence`. */
  readonly folder: string;
  part(name: PartName): Part;
  link(name: LinkName): Link;
  /** Ids of the machines that a simulator plays. */
  machines(simulator: 'line' | 'mill' | 'plc' | 'meter'): readonly string[];
  readonly ids: { gateway: string; ledger: string; group: string };
  /** Where each thing answers, past the front doors. */
  readonly urls: { broker: string; influxd: string; ingest: string; gateway: string; metrics: string };
  /** Key files, and folders of public keys that each side trusts. */
  readonly keys: { gateway: string; ledger: string; trusted_gateways: string; trusted_ledgers: string };
  /**
   * Starts one more process, `benchline ARGS`, and waits until it says that it is ready. It is restarted when it dies,
   * until it is stopped; the fault that started it stops it.
   */
  extra(name: string, args: readonly string[]): Promise<Part>;
  /** Ports that were free a moment ago. */
  freePorts(count: number): Promise<number[]>;
  /** Whether everything that was emitted so far has arrived everywhere. Cheap enough to be asked twice a second. */
  settled(): Promise<boolean>;
  /** Resolves once settled; rejects after `limit_s`, naming what lags. */
  settle(limit_s: number, signal: AbortSignal): Promise<void>;
  /** Adds a line to the story that is printed and kept. */
  note(text: string): void;
}

/** One process that is started again when it dies. The broker is a real Mosquitto, influxd a real InfluxDB 1.x. */
export interface Part {
  readonly name: string;
  /** Folder where it keeps its state (spool, ledger, embedded store, broker's database); simulators: truth logs. */
  readonly data: string;
  /** Its configuration file; simulators have none. */
  readonly config: string | undefined;
  readonly log: string;
  readonly pid: number | undefined;
  /** Whether it has said that it is ready and has not died since. */
  readonly ready: boolean;
  /** kill -9; resolves when the process is gone. It is started again at once, unless it is held. */
  kill(): Promise<void>;
  /** From now on a process that ends stays down, until `start`. */
  hold(): void;
  /** Ends it in order (SIGTERM) and keeps it down until `start`. */
  stop(): Promise<void>;
  /** Starts it if it is down; resolves when it is ready. Rejects when it is not within `limit_s` (default 30). */
  start(limit_s?: number): Promise<void>;
  /** Resolves when it is ready, also after a restart. Rejects when it is not within `limit_s` (default 30). */
  awaitReady(limit_s?: number): Promise<void>;
  /** SIGSTOP and SIGCONT. */
  freeze(): void;
  thaw(): void;
  /**
   * What is different from the next start on; undefined: nothing. A part that runs is not disturbed: stop and start
   * it, or kill it.
   */
  alter(alteration: Alteration | undefined): void;
}

export interface Alteration {
  /** Added to the environment (TZ, LD_PRELOAD, NODE_OPTIONS …). */
  environment?: Readonly<Record<string, string>>;
  /** A program with its arguments that runs the process, such as `['faketime', '-f', '+1h']`. */
  wrapper?: readonly string[];
  /** Added to the arguments. */
  args?: readonly string[];
  /** Makes another configuration of the usual one, which stays as it is. */
  config?: (usual: Json) => Json;
}

/** A configuration file as it stands, of whichever service. */
export type Json = Readonly<Record<string, unknown>>;

export interface Address {
  host: string;
  port: number;
}

/**
 * A front door: a TCP port that passes connections on. Tools (slow proxies, scripted fakes, proxies that know MQTT)
 * stand in by `divert` and connect on to `target` themselves.
 */
export interface Link {
  readonly name: LinkName;
  /** What the client has in its configuration. */
  readonly front: Address;
  /** The server itself. */
  readonly target: Address;
  /** Leads connections elsewhere and cuts those that are open. Undefined: to the target again. */
  divert(address: Address | undefined): void;
  /** Cuts every open connection (reset). */
  cut(): void;
  /** Refuses new connections and cuts the open ones, until `open`. */
  close(): void;
  open(): void;
}
