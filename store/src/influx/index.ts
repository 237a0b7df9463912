export { InfluxConfig, resolveSecrets } from './config.ts';
export { type InfluxStore, openInfluxStore } from './store.ts';
