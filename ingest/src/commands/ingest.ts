import { type Command, exitWithSupervisor, openLog, ready } from '@benchline/model';
import { loadIngestConfig } from '../config.ts';
import { openIngest } from '../service.ts';
import { aborted, exitLater } from './stopping.ts';

export const ingest: Command = {
  summary: 'take what gateways send into the ledger and the store',
  usage: '--config FILE',
  options: {
    config: { type: 'string', value: 'FILE', help: 'configuration, YAML or JSON', required: true },
  },
  async run({ values, signal }) {
    const config = loadIngestConfig(String(values['config']));
    const stop = exitWithSupervisor(signal);
    const service = await openIngest(config, openLog('ingest'));
    ready({ http_port: service.port });
    const failure = await Promise.race([aborted(stop), service.failed]);
    exitLater(failure === undefined ? 0 : 1);
    await service.close();
    if (failure !== undefined) throw failure;
    return 0;
  },
};
