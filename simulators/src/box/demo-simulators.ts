import type { SimulatorSpec } from './box.ts';

/**
 * The machines of the demo plant: a recorded mill, a synthetic line, a PLC and an energy meter. The meter, which says
 * one number every 15 minutes, has twelve weeks behind it: a forecast needs four, and as much again to know its error.
 */
export const demoSimulators: readonly SimulatorSpec[] = [
  { name: 'line', speaks: 'opcua', args: ['line', '--seed', '7', '--history', '24h', '--catch-up', '40s'] },
  { name: 'mill', speaks: 'opcua', args: ['mill', '--loop', '--history', '24m', '--catch-up', '40s'] },
  { name: 'plc', speaks: 'mqtt', args: ['plc', '--seed', '7', '--history', '24h', '--catch-up', '40s'] },
  { name: 'meter', speaks: 'mqtt', args: ['meter', '--history', '84d', '--catch-up', '40s'], last: true },
];

/** Truth that is kept of each simulator at most, in each of two files: about an hour of the mill. */
const truthLimitMb = 40;

/** The same for a run that nobody will check afterwards: their logs do not grow for ever. */
export const unwatchedSimulators: readonly SimulatorSpec[] = demoSimulators.map((simulator) => ({
  ...simulator,
  args: [...simulator.args, '--truth-limit', String(truthLimitMb)],
}));
