import {
  BenchlineError,
  type Command,
  type Commands,
  exitWithSupervisor,
  openLog,
  ready,
} from '@benchline/model';
import { checkFiles } from './check.ts';
import { GatewayConfig } from './config.ts';
import { Gateway } from './service.ts';
import { loadSettings } from './settings.ts';

const gateway: Command = {
  summary: 'read controllers and send what they say, losing nothing',
  usage: '--config FILE [--check]',
  options: {
    config: { type: 'string', value: 'FILE', help: 'configuration of the gateway (YAML or JSON)' },
    check: { type: 'boolean', help: 'only check the configuration and what it names' },
  },
  async run({ values, signal }) {
    const file = values['config'];
    if (typeof file !== 'string')
      throw new BenchlineError('usage', 'the gateway needs a configuration', { hint: 'add --config FILE' });
    const settings = loadSettings(file);
    if (values['check'] === true) {
      checkFiles(settings);
      process.stdout.write(`${file} is in order\n`);
      return 0;
    }
    const stop = exitWithSupervisor(signal);
    const service = new Gateway(settings, openLog('gateway'));
    try {
      const { port } = await service.start();
      ready({ http_port: port });
      await Promise.race([aborted(stop), service.running()]);
    } finally {
      await service.stop();
    }
    return 0;
  },
};

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** The commands of this package. */
export const commands: Commands = { gateway };

/** The configuration schemas of this package, for the reference pages. */
export const configs = { gateway: GatewayConfig };
