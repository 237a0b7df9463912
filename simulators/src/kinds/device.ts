import { type Asset, type CommandInput, exitWithSupervisor, openLog, ready } from '@benchline/model';
import { defaultTopic } from '../demo/machines.ts';
import { Backlog } from '../mqtt/backlog.ts';
import { MqttDevice } from '../mqtt/device.ts';
import { MqttOutlet } from '../mqtt/outlet.ts';
import { Pump } from '../time/pump.ts';
import type { Point, Timeline } from '../time/timeline.ts';
import { historyClock, openTruth } from './history.ts';
import { requiredOption, textOption } from './options.ts';

/** How long an orderly stop waits for confirmations; what is missing then is sent after the next start. */
const patienceMs = 3000;

/** Runs a simulated device on MQTT until it is stopped. `gridMs` is what its times are multiples of. */
export async function simulateDevice(
  { values, signal }: CommandInput,
  asset: Asset,
  gridMs: number,
  timelineFrom: (from_ms: number, last: readonly Point[]) => Timeline,
): Promise<number> {
  const leash = exitWithSupervisor(signal);
  const brokerUrl = requiredOption(values, 'broker', 'for example --broker mqtt://127.0.0.1:1883');
  const truth = await openTruth(values);
  const { from_ms, clock } = historyClock(values, truth, gridMs);
  const backlog = new Backlog(truth.resumedMessages);
  const device = new MqttDevice(
    {
      brokerUrl,
      username: textOption(values, 'username'),
      passwordFile: textOption(values, 'password-file'),
      topic: textOption(values, 'topic') ?? defaultTopic(asset.id),
      machine: asset.id,
    },
    backlog,
    openLog(`simulated ${asset.id}`),
  );
  const pump = new Pump(clock, timelineFrom(from_ms, truth.last), new MqttOutlet(device, backlog, truth));
  device.start();
  try {
    ready();
    await pump.run(leash);
  } finally {
    await device.stop(patienceMs);
    await truth.close();
  }
  return 0;
}
