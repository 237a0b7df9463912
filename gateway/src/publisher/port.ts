import type { BrokerAccess, Log, Signal, SigningKey, Slug, TrustedKeys } from '@benchline/model';
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
  log: Log;
  /** Batches sent and not acknowledged at most. Default 512. */
  window?: number;
  /** Without progress for so long, it says hello again. Default 2000 ms. */
  stall_ms?: number;
}

export interface PublisherStatus {
  connected: boolean;
  /** When the present connection was made, or undefined. */
  connected_since_ms: number | undefined;
  /** Next sequence number to send. */
  cursor: number;
  /** Sent and not acknowledged. */
  in_flight: number;
  counters: {
    connects: number;
    batches_sent: number;
    batches_resent: number;
    rewinds: number;
    stalls: number;
    acks: number;
    /** Unknown key, bad signature, other gateway or epoch, or no acknowledgement at all. */
    acks_ignored: number;
    rebirths: number;
    /** Commands other than a rebirth: all are ignored. */
    commands_ignored: number;
  };
}
