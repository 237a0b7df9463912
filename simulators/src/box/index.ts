export {
  type Box,
  type BoxOptions,
  type BrokerTarget,
  type SimulatorSpec,
  type StoreChoice,
  startBox,
} from './box.ts';
export { demoSimulators } from './demo-simulators.ts';
export { type Figure, type KpiResult, MetricsApi } from './metrics-api.ts';
export { boxPlant } from './report.ts';
export { addsUp, type SettledAccount, settle } from './settle.ts';
