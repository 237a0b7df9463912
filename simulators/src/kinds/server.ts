import type { CommandInput } from '@benchline/model';
import { SimulatorServer } from '../opcua/server.ts';
import { TruthLog } from '../time/truth.ts';
import { portOption, textOption } from './options.ts';

/** How often the state of a truth log is saved beside it. */
export const saveEveryMs = 5000;
const loopback = new Set(['127.0.0.1', '::1', 'localhost']);

/** Opens the OPC UA server that the options describe; it does not listen yet. */
export async function openServer(values: CommandInput['values'], name: string): Promise<SimulatorServer> {
  const host = textOption(values, 'host') ?? '127.0.0.1';
  return await SimulatorServer.create({
    name,
    host,
    port: portOption(values),
    offerNone: loopback.has(host) || values['insecure'] === true,
    pkiFolder: textOption(values, 'pki'),
  });
}

/** Opens the truth log of `--truth`, whose state is saved every few seconds; undefined without that option. */
export async function openTruth(values: CommandInput['values']): Promise<TruthLog | undefined> {
  const file = textOption(values, 'truth');
  return file === undefined ? undefined : await TruthLog.open(file, { saveEveryMs });
}
