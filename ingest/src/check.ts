import { brokerAccess, loadPlant, readSigningKey, readTrustedKeys } from '@benchline/model';
import { checkDoor } from '@benchline/model/door';
import { placementOf } from '@benchline/store';
import { openInfluxStore } from '@benchline/store/influx';
import type { IngestConfig } from './config.ts';
import { assertNoneReserved, planNodes } from './intake/nodes/config.ts';

/**
 * Reads everything that a configuration names, as a start would, and connects to nothing.
 * @throws BenchlineError `config_invalid` or `plant_invalid` for the first thing that cannot be used.
 */
export async function checkIngest(config: IngestConfig): Promise<void> {
  const { index } = loadPlant(config.plant);
  const placement = placementOf(index);
  planNodes(config.sparkplug_nodes, config.group, index);
  readSigningKey(config.key_file);
  assertNoneReserved(readTrustedKeys(config.trusted_gateways_dir).owners());
  brokerAccess(config.broker);
  checkDoor('ingest', config.http);
  if (config.influx) await (await openInfluxStore({ config: config.influx, placement })).close();
}
