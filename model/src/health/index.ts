export type { HealthAnswer, ReadyAnswer } from './answers.ts';
export { Exposition } from './exposition.ts';
export { Health, type StageReport } from './health.ts';
export {
  commonInstruments,
  delayBuckets_s,
  type Instruments,
  instruments,
  type Labels,
  type Samples,
} from './instruments.ts';
export { registerHealth } from './routes.ts';
export type { Look } from './stage.ts';
