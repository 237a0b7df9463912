export { demoGatewayConfig } from './demo/gateway-config.ts';
export { demoPlantFile } from './demo/machines.ts';
export { Random } from './line/random.ts';
export { type MillRun, readRuns, shippedMillRuns } from './recordings/mill-runs.ts';
