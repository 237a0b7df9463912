import { serviceCommand } from '@benchline/model';
import { checkIngest } from '../check.ts';
import { loadIngestConfig } from '../config.ts';
import { openIngest } from '../service.ts';

export const ingest = serviceCommand({
  name: 'ingest',
  summary: 'take what gateways send into the ledger and the store',
  load: loadIngestConfig,
  check: checkIngest,
  open: openIngest,
});
