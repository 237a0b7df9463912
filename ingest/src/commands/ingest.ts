import { type Command, exitWithSupervisor, openLog, ready } from '@benchline/model';
import { checkIngest } from '../check.ts';
import { loadIngestConfig } from '../config.ts';
import { openIngest } from '../service.ts';
import { aborted, exitLater } from './stopping.ts';

export const ingest: Command = {
  summary: 'take what gateways send into the ledger and the store',
  usage: '--config FILE [--check]',
  options: {
    config: { type: 'string', value: 'FILE', help: 'configuration, YAML or JSON', required: true },
    check: { type: 'boolean', help: 'only check the configuration and what it names' },
  },
  async run({ values, signal }) {
    const file = String(values['config']);
    const config = loadIngestConfig(file);
    if (values['check'] === true) {
      await checkIngest(config);
      process.stdout.write(`${file} is in order\n`);
      return 0;
    }
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
