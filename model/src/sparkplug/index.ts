export { decodeBatch, encodeBatch, observationMetric } from './batch.ts';
export * from './births.ts';
export type { Datatype, MetricValue } from './datatype.ts';
export { maxPayloadBytes } from './limits.ts';
export * from './payload.ts';
export * from './topics.ts';
