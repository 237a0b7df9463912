import { type DemoEndpoints, demoGatewayConfig } from '../demo/gateway-config.ts';
import type { Home } from './home.ts';

const host = '127.0.0.1';

/** Who is who in a single box. */
export const boxIds = { gateway: 'gateway-1', ledger: 'ledger-1', group: 'ningbo' } as const;

/** An InfluxDB as the services' `influx` section names it. */
export type InfluxTarget =
  | { version: 1; url: string; database: string }
  | { version: 2; url: string; org: string; bucket: string; token_file: string };

export interface BrokerUser {
  username: string;
  password_file: string;
}

/** Where the services of a box listen, and where each finds what it needs. */
export interface Wiring {
  /** HTTP doors, on this computer. */
  ports: { ingest: number; metrics: number; gateway: number };
  brokers: Readonly<Record<'ingest' | 'gateway', { url: string } & Partial<BrokerUser>>>;
  /** Ingest's HTTP door as metrics reaches it. */
  feed_url: string;
  endpoints: DemoEndpoints;
  /** Where ingest projects the ledger to. */
  projection: InfluxTarget | undefined;
  /** What metrics reads; undefined: an embedded store of its own. */
  metrics_influx: InfluxTarget | undefined;
}

export type ServiceName = 'ingest' | 'metrics' | 'gateway';

/** The configuration of each service of a box, as its file has it. */
export function serviceConfigs(home: Home, wiring: Wiring): Record<ServiceName, Record<string, unknown>> {
  const plant = home.config('plant.yaml');
  const { gateway, ledger, group } = boxIds;
  const http = (port: number) => ({ host, port });
  return {
    ingest: {
      ledger_id: ledger,
      plant,
      data_dir: home.data('ingest'),
      key_file: home.keys.ledger,
      trusted_gateways_dir: home.keys.trusted_gateways,
      group,
      broker: wiring.brokers.ingest,
      http: http(wiring.ports.ingest),
      ...(wiring.projection ? { influx: wiring.projection } : {}),
    },
    metrics: {
      plant,
      feed_url: wiring.feed_url,
      store: wiring.metrics_influx
        ? { influx: wiring.metrics_influx, cursor_file: `${home.data('metrics')}/feed-cursor.json` }
        : { embedded: { file: `${home.data('metrics')}/telemetry.duckdb` } },
      http: http(wiring.ports.metrics),
    },
    gateway: {
      gateway,
      group,
      plant,
      data_dir: home.data('gateway'),
      key_file: home.keys.gateway,
      trusted_ledgers_dir: home.keys.trusted_ledgers,
      broker: wiring.brokers.gateway,
      http: http(wiring.ports.gateway),
      sources: demoGatewayConfig(wiring.endpoints),
    },
  };
}
