export { decodeBatch, encodeBatch, observationMetric } from './batch.ts';
export * from './births.ts';
export type { Datatype, MetricValue } from './datatype.ts';
export { maxPayloadBytes } from './limits.ts';
export * from './payload.ts';
export { decodeState, encodeState, type HostState, stateTopic } from './state.ts';
export * from './topics.ts';
