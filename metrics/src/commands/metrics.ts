import { serviceCommand } from '@benchline/model';
import { checkMetrics } from '../check.ts';
import { loadMetricsConfig } from '../config.ts';
import { openMetrics } from '../service.ts';

export const metrics = serviceCommand({
  name: 'metrics',
  summary: 'compute key figures; serve the API and the console',
  load: loadMetricsConfig,
  check: checkMetrics,
  open: openMetrics,
});
