import type { BrokerConfig, Log, Slug, SourceMark } from '@benchline/model';
import type { MachineTags } from '@benchline/model/mapping';
import type { SourceConfig } from '../config.ts';
import type { MachineStream } from '../stream.ts';

/**
 * A kind of source. Adding one is a folder beside this file, one line in `index.ts` and one in the
 * configuration's union.
 */
export interface SourceType<C extends SourceConfig = SourceConfig> {
  /** The machines and tags that a configuration names. @throws BenchlineError `config_invalid`. */
  machines(config: C): readonly MachineTags[];
  /** Claims about the source that travel with every batch. */
  marks(config: C, context: Pick<SourceContext, 'settings'>): readonly SourceMark[];
  /** Builds the source; opens nothing until `start`. */
  open(config: C, context: SourceContext): Source;
}

export interface SourceContext {
  settings: {
    gateway: Slug;
    /** Folder for certificates. */
    pki_dir: string;
    /** The gateway's own broker, for sources that name none. */
    broker: BrokerConfig;
    /** A path of the configuration file, taken relative to the folder of that file. */
    resolve(path: string): string;
  };
  /** Where what is seen goes, by machine: one stream for each of `machines(config)`. */
  streams: ReadonlyMap<Slug, MachineStream>;
  log: Log;
}

/** A running source. It owns its reconnects and never gives up. */
export interface Source {
  start(): void;
  /** Ends the connection in an orderly way, within a few seconds; nothing reaches the streams afterwards. */
  stop(): Promise<void>;
  /** The spool cannot keep up: take no more from the controller until `resume`. */
  pause(): void;
  resume(): void;
  /**
   * What is committed to the spool for a machine: a device that keeps a buffer may be told. Only for sources that wait
   * for it: what comes of the others is gathered longer while the ledger is late.
   */
  committed?(machine: Slug, state: { resume: string | undefined; until_ns: bigint | undefined }): void;
  status(): SourceStatus;
}

export interface SourceStatus {
  state: 'connecting' | 'running' | 'stalled' | 'stopped';
  connected: boolean;
  /** When the last message came, Unix milliseconds. */
  last_message_ms: number | undefined;
  /** Why it is not running, and what to do. */
  problem: string | undefined;
  counters: Readonly<Record<string, number>>;
  details: Readonly<Record<string, string | number | boolean>>;
}
