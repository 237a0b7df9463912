import type { SourceType } from '../port.ts';
import type { OpcuaConfig } from './config.ts';
import { OpcuaSource } from './source.ts';
import { machinesOf } from './tags.ts';

/** OPC UA servers, read by subscription (OPC 10000-4). */
export const opcua: SourceType<OpcuaConfig> = {
  machines: machinesOf,
  marks: (config) => [
    ...(config.clock ? (['simulated_clock'] as const) : []),
    ...(config.security.mode === 'None' ? (['unauthenticated_source'] as const) : []),
  ],
  open: (config, context) => new OpcuaSource(config, machinesOf(config), context),
};
