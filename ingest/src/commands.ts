import type { Commands } from '@benchline/model';
import type { z } from 'zod';
import { BrokerUsers } from './broker/users.ts';
import { broker } from './commands/broker.ts';
import { ingest } from './commands/ingest.ts';
import { ledger } from './commands/ledger.ts';
import { quarantine } from './commands/quarantine.ts';
import { IngestConfig } from './config.ts';
import { ingestInstruments } from './health/instruments.ts';

/** The commands of this package. */
export const commands: Commands = { ingest, broker, ledger, quarantine };

/** The files that they read, by the name of the reference page. */
export const configs: Readonly<Record<string, z.ZodType>> = {
  ingest: IngestConfig,
  'broker-users': BrokerUsers,
};

/** What its service measures about itself, for the page of operations. */
export const measured = { ingest: ingestInstruments };
