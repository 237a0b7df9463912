import { once } from 'node:events';
import { type Command, exitWithSupervisor, openLog, ready } from '@benchline/model';
import { loadMetricsConfig } from '../config.ts';
import { openMetrics } from '../service.ts';

/** A store that does not close in this time is left to its own recovery, which it has for a power cut anyway. */
const grace_ms = 4000;

export const metrics: Command = {
  summary: 'compute key figures; serve the API and the console',
  usage: '--config FILE',
  options: {
    config: { type: 'string', value: 'FILE', help: 'configuration, YAML or JSON', required: true },
  },
  async run({ values, signal }) {
    const config = loadMetricsConfig(String(values['config']));
    const stop = exitWithSupervisor(signal);
    const service = await openMetrics(config, openLog('metrics'));
    ready({ http_port: service.port });
    if (!stop.aborted) await once(stop, 'abort');
    setTimeout(() => process.exit(0), grace_ms).unref();
    await service.close();
    return 0;
  },
};
