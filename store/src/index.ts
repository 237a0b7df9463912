export { type EmbeddedStore, openEmbeddedStore } from './embedded/store.ts';
export { InfluxConfig } from './influx/config.ts';
export { type InfluxStore, openInfluxStore } from './influx/store.ts';
export * from './placement.ts';
export * from './port.ts';
