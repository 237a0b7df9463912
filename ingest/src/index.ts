export { IngestConfig } from './config.ts';
