import { once } from 'node:events';
import { type Command, exitWithSupervisor, openLog, ready } from '@benchline/model';
import { checkMetrics } from '../check.ts';
import { loadMetricsConfig } from '../config.ts';
import { openMetrics } from '../service.ts';

/** A store that does not close in this time is left to its own recovery, which it has for a power cut anyway. */
const grace_ms = 4000;

export const metrics: Command = {
  summary: 'compute key figures; serve the API and the console',
  usage: '--config FILE [--check]',
  options: {
    config: { type: 'string', value: 'FILE', help: 'configuration, YAML or JSON', required: true },
    check: { type: 'boolean', help: 'only check the configuration and what it names' },
  },
  async run({ values, signal }) {
    const file = String(values['config']);
    const config = loadMetricsConfig(file);
    if (values['check'] === true) {
      await checkMetrics(config);
      process.stdout.write(`${file} is in order\n`);
      return 0;
    }
    const stop = exitWithSupervisor(signal);
    const service = await openMetrics(config, openLog('metrics'));
    ready({ http_port: service.port });
    if (!stop.aborted) await once(stop, 'abort');
    setTimeout(() => process.exit(0), grace_ms).unref();
    await service.close();
    return 0;
  },
};
