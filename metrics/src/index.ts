export { MetricsConfig } from './config.ts';
