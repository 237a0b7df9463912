/**
 * A metrics service of its own for one measurement: `node month-service.ts PLANT STORE` says `{"port":…}` once its
 * door is open. The end of its stdin ends it.
 */
import { MetricsConfig, openMetrics } from '@benchline/metrics';
import { openLog } from '@benchline/model';

const [plant = '', file = ''] = process.argv.slice(2);
const config = MetricsConfig.parse({
  plant,
  // There is no feed: what is asked for has long been taken in.
  feed_url: 'http://127.0.0.1:9',
  store: { embedded: { file } },
  http: { port: 0 },
});
const service = await openMetrics(config, openLog('bench'));
process.stdout.write(`${JSON.stringify({ port: service.port })}\n`);
for await (const _ of process.stdin);
await service.close();
process.exit();
