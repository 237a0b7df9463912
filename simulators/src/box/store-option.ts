import { resolve } from 'node:path';
import { addressOf, BenchlineError, type Command } from '@benchline/model';
import type { StoreChoice } from './box.ts';

/** The options by which a box is told where to keep telemetry. */
export const storeOptions = {
  store: { type: 'string', default: 'embedded', value: 'KIND', help: 'telemetry store: embedded or influx' },
  'influx-url': {
    type: 'string',
    value: 'URL',
    help: 'with --store influx: a server that runs; otherwise an influxd is started',
  },
  'influx-token-file': {
    type: 'string',
    value: 'FILE',
    help: 'token for an InfluxDB 2.x at --influx-url; without it 1.x is spoken',
  },
  'influx-org': {
    type: 'string',
    default: 'benchline',
    value: 'NAME',
    help: 'organization in an InfluxDB 2.x',
  },
  'influx-bucket': {
    type: 'string',
    default: 'benchline',
    value: 'NAME',
    help: 'bucket in an InfluxDB 2.x, database in a 1.x',
  },
} as const satisfies Command['options'];

/** @throws BenchlineError `usage` when the options contradict each other. */
export function parseStore(text: (name: keyof typeof storeOptions) => string | undefined): StoreChoice {
  const kind = text('store');
  const url = text('influx-url');
  if (kind === 'embedded' && url === undefined) return { kind };
  if (kind === 'embedded')
    throw new BenchlineError('usage', '--influx-url needs --store influx', { hint: 'add --store influx' });
  if (kind !== 'influx')
    throw new BenchlineError('usage', `--store ${kind} is unknown`, {
      hint: 'choose --store embedded or --store influx',
    });
  if (url === undefined) return { kind };
  addressOf('influx-url', url);
  const bucket = text('influx-bucket') ?? 'benchline';
  const token = text('influx-token-file');
  return token === undefined
    ? { kind, server: { version: 1, url, database: bucket } }
    : {
        kind,
        server: {
          version: 2,
          url,
          org: text('influx-org') ?? 'benchline',
          bucket,
          token_file: resolve(token),
        },
      };
}
