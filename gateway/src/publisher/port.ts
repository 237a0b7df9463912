import type {
  BrokerAccess,
  GatewayReport,
  Log,
  Signal,
  SigningKey,
  Slug,
  TrustedKeys,
} from '@benchline/model';
import type { Spool } from '../spool/port.ts';

/**
 * Sends the spool to the broker as Sparkplug B and keeps at it until a trusted ledger says that it has it.
 * Everything between may be lost: broker, connection, ingest. It owns its reconnects; it never gives up.
 */
export interface Publisher {
  /** Begins to connect; returns at once. */
  start(): void;
  /** Publishes NDEATH, disconnects and stops all timers. What is unacknowledged stays in the spool. */
  stop(): Promise<void>;
  status(): PublisherStatus;
}

export interface PublisherOptions {
  gateway: Slug;
  /** Sparkplug group id. */
  group: string;
  spool: Spool;
  key: SigningKey;
  /** Ledgers whose acknowledgements count, by ledger id. */
  ledgers: TrustedKeys;
  broker: BrokerAccess;
  /** What to announce by DBIRTH: machines of this gateway with the signals of their type. */
  devices: readonly { machine: Slug; signals: Readonly<Record<Slug, Signal>> }[];
  /** How this gateway is, to be said now and then. */
  report?: () => GatewayReport | undefined;
  log: Log;
  /** Sparkplug host application without which nothing is published. Default: none is waited for. */
  primary_host?: string | undefined;
  /** Where the number of the last birth is kept over restarts. Default: nowhere. */
  bd_seq_file?: string;
  /** Batches sent and not acknowledged at most. Default 2048, half of what a ledger recognises without reading. */
  window?: number;
  /** Without progress for so long, it says hello again. Default 1000 ms. */
  stall_ms?: number;
}

/** Why an acknowledgement did not count. `other_epoch` and `stale` are genuine ones of another time. */
export type AckRefusal =
  | 'malformed'
  | 'unknown_key'
  | 'signature_invalid'
  | 'other_gateway'
  | 'other_epoch'
  | 'stale';

/**
 * What a person should look at. `second_gateway`: a ledger takes batches of somebody else under this gateway's name;
 * `client_id_contested`: another client seems to use this one's MQTT client id; `forged_acknowledgements`: somebody
 * who is no trusted ledger acknowledges.
 */
export type PublisherAlarm = 'second_gateway' | 'client_id_contested' | 'forged_acknowledgements';

export interface PublisherStatus {
  connected: boolean;
  /** When the present connection was made, or undefined. */
  connected_since_ms: number | undefined;
  /** Next sequence number to send. */
  cursor: number;
  /** Sent and not acknowledged. */
  in_flight: number;
  /** How many may be, at present. */
  window: number;
  /** What has to happen before anything is sent; undefined when nothing has to. */
  waiting_for: 'primary_host' | 'ledger' | 'second_gateway' | undefined;
  alarms: readonly PublisherAlarm[];
  acks_refused: Readonly<Record<AckRefusal, number>>;
  counters: {
    connects: number;
    batches_sent: number;
    batches_resent: number;
    rewinds: number;
    stalls: number;
    acks: number;
    /** What `acks_refused` says by reason. */
    acks_ignored: number;
    rebirths: number;
    /** Commands other than a rebirth: all are ignored. */
    commands_ignored: number;
  };
}
