import { loadPlant } from '@benchline/model';
import { checkDoor } from '@benchline/model/door';
import { placementOf } from '@benchline/store';
import { openInfluxStore } from '@benchline/store/influx';
import { feedAuthorization, type MetricsConfig } from './config.ts';

/**
 * Reads everything that a configuration names, as a start would, and connects to nothing. An embedded store is left
 * alone: a running service may have it open.
 * @throws BenchlineError `config_invalid` or `plant_invalid` for the first thing that cannot be used.
 */
export async function checkMetrics(config: MetricsConfig): Promise<void> {
  const placement = placementOf(loadPlant(config.plant).index);
  feedAuthorization(config);
  checkDoor('metrics', config.http);
  if ('influx' in config.store)
    await (await openInfluxStore({ config: config.store.influx, placement })).close();
}
