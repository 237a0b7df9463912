import type { SourceConfig } from '../config.ts';
import { mqtt } from './mqtt/index.ts';
import { opcua } from './opcua/index.ts';
import type { SourceType } from './port.ts';

const sources = { opcua, mqtt };

/** The implementation of a configured source. */
export function sourceTypeOf(config: SourceConfig): SourceType {
  return sources[config.type];
}
