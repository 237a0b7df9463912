import { type CommandInput, exitWithSupervisor, ready } from '@benchline/model';
import { demoMachines, demoPlantFile } from '../demo/machines.ts';
import { lineTimeline } from '../line/timeline.ts';
import { OpcuaOutlet } from '../opcua/outlet.ts';
import { Pump } from '../time/pump.ts';
import { historyClock } from './history.ts';
import { textOption } from './options.ts';
import { assetOf, readPlant } from './plant-file.ts';
import { openServer, openTruth } from './server.ts';

/** `benchline simulate line`: synthetic machines behind one OPC UA server, a day of theirs in a minute, then live. */
export async function simulateLine({ values, signal }: CommandInput): Promise<number> {
  const leash = exitWithSupervisor(signal);
  const plant = readPlant(textOption(values, 'plant') ?? demoPlantFile);
  const names = textOption(values, 'machines')?.split(',') ?? demoMachines.line;
  const machines = names.map((name) => assetOf(plant, name.trim()));
  const truth = await openTruth(values);
  const last = [...(truth?.last.values() ?? [])];
  const { from_ms, clock } = historyClock(values, truth?.lastTime_ms);

  const server = await openServer(values, 'Synthetic line');
  const outlet = new OpcuaOutlet(server, truth);
  for (const machine of machines) outlet.addMachine(machine);
  outlet.restore(last, from_ms);
  const seed = textOption(values, 'seed') ?? '1';
  const pump = new Pump(clock, lineTimeline({ seed, plant, machines, from_ms, last }), outlet);
  await pump.prime();
  await server.start();
  ready({ endpoint: server.endpoint });
  await pump.run(leash);
  await server.stop();
  await truth?.close();
  return 0;
}
