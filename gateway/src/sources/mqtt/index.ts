import { BenchlineError } from '@benchline/model';
import type { SourceType } from '../port.ts';
import type { MqttConfig } from './config.ts';
import { MqttSource } from './source.ts';

/** Devices that publish JSON over MQTT 3.1.1. */
export const mqtt: SourceType<MqttConfig> = {
  machines: (config) => [
    {
      machine: config.machine,
      tags: new Map(
        Object.entries(config.tags).map(([signal, tag]) => [signal, { ...tag, address: tag.pointer }]),
      ),
    },
  ],
  marks: (config, { settings }) => [
    ...(config.clock.simulated ? (['simulated_clock'] as const) : []),
    // A broker that asks for no name lets anyone publish in the device's.
    ...((config.broker ?? settings.broker).username === undefined
      ? (['unauthenticated_source'] as const)
      : []),
  ],
  open: (config, context) => {
    const stream = context.streams.get(config.machine);
    if (!stream) throw new BenchlineError('config_invalid', `source '${config.id}' has no machine to feed`);
    return new MqttSource(config, stream, context);
  },
};
