export { demoGatewayConfig } from './demo/gateway-config.ts';
export { demoPlantFile } from './demo/machines.ts';
export { type MillRun, readRuns, shippedMillRuns } from './recordings/mill-runs.ts';
