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
export { type Look, type StageState, stageStates } from './stage.ts';
export { type StageName, stageNames, stageStateNames, stages } from './stages.ts';
