export { MetricsConfig } from './config.ts';
export { type Metrics, openMetrics } from './service.ts';
