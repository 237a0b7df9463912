import { type Asset, type CommandInput, exitWithSupervisor, openLog, ready } from '@benchline/model';
import { defaultTopic } from '../demo/machines.ts';
import { Backlog } from '../mqtt/backlog.ts';
import { MqttDevice } from '../mqtt/device.ts';
import { MqttOutlet } from '../mqtt/outlet.ts';
import { Pump } from '../time/pump.ts';
import type { LastPoint } from '../time/truth.ts';
import type { Timeline } from '../time/timeline.ts';
import { TruthLog } from '../time/truth.ts';
import { historyClock } from './history.ts';
import { requiredOption, textOption } from './options.ts';
import { saveEveryMs } from './server.ts';

/** How long an orderly stop waits for confirmations; what is missing then is sent after the next start. */
const patienceMs = 3000;

/** Runs a simulated device on MQTT until it is stopped. `gridMs` is what its times are multiples of. */
export async function simulateDevice(
  { values, signal }: CommandInput,
  asset: Asset,
  gridMs: number,
  timelineFrom: (from_ms: number, last: readonly LastPoint[]) => Timeline,
): Promise<number> {
  const leash = exitWithSupervisor(signal);
  const truth = await TruthLog.open(
    requiredOption(values, 'truth', 'the log numbers the messages: --truth FILE'),
    { saveEveryMs },
  );
  const { from_ms, clock } = historyClock(values, truth.lastTime_ms, gridMs);
  const backlog = new Backlog(truth.resumedMessages);
  const username = textOption(values, 'username');
  const passwordFile = textOption(values, 'password-file');
  const device = new MqttDevice(
    {
      brokerUrl: requiredOption(values, 'broker', 'for example --broker mqtt://127.0.0.1:1883'),
      topic: textOption(values, 'topic') ?? defaultTopic(asset.id),
      machine: asset.id,
      ...(username === undefined ? {} : { username }),
      ...(passwordFile === undefined ? {} : { passwordFile }),
    },
    backlog,
    openLog(`simulated ${asset.id}`),
  );
  const pump = new Pump(
    clock,
    timelineFrom(from_ms, [...truth.last.values()]),
    new MqttOutlet(device, backlog, truth),
  );
  device.start();
  ready();
  await pump.run(leash);
  await device.stop(patienceMs);
  await truth.close();
  return 0;
}
