import { type Commands, type Log, type RunningService, serviceCommand } from '@benchline/model';
import { checkFiles } from './check.ts';
import { GatewayConfig } from './config.ts';
import { gatewayInstruments } from './health/instruments.ts';
import { Gateway } from './service.ts';
import { loadSettings, type Settings } from './settings.ts';

async function openGateway(settings: Settings, log: Log): Promise<RunningService> {
  const gateway = new Gateway(settings, log);
  try {
    const { port } = await gateway.start();
    return { port, failed: gateway.failed(), close: async () => await gateway.stop() };
  } catch (error) {
    await gateway.stop();
    throw error;
  }
}

/** The commands of this package. */
export const commands: Commands = {
  gateway: serviceCommand({
    name: 'gateway',
    summary: 'read controllers and send what they say, losing nothing',
    load: loadSettings,
    check: checkFiles,
    open: openGateway,
  }),
};

/** The configuration schemas of this package, for the reference pages. */
export const configs = { gateway: GatewayConfig };

/** What its service measures about itself, for the page of operations. */
export const measured = { gateway: gatewayInstruments };
