export {
  type Box,
  type BoxOptions,
  type BrokerTarget,
  type SimulatorSpec,
  type StoreChoice,
  startBox,
} from './box.ts';
export { type Announcement, Child, type ChildAlteration, type ChildSpec } from './child.ts';
export { boxIds, type ServiceName, serviceConfigs, type Wiring } from './configs.ts';
export { demoSimulators } from './demo-simulators.ts';
export { type Home, openHome } from './home.ts';
export { type Figure, type KpiResult, MetricsApi } from './metrics-api.ts';
export { freePorts } from './ports.ts';
export { type Account, type Finding, reconcile, type Stored } from './reconcile.ts';
export { boxPlant } from './report.ts';
export { addsUp, type SettledAccount, settle } from './settle.ts';
export { Supervisor } from './supervisor.ts';
export { type Emission, readEmissions } from './truth-logs.ts';
