import { aborted, type CommandInput, exitWithSupervisor, ready } from '@benchline/model';
import { isLoopback } from '@benchline/model/door';
import { OpcuaOutlet } from '../opcua/outlet.ts';
import { SimulatorServer } from '../opcua/server.ts';
import type { SimClock } from '../time/clock.ts';
import { Pump } from '../time/pump.ts';
import type { Timeline } from '../time/timeline.ts';
import type { TruthLog } from '../time/truth.ts';
import { countOption, portOption, textOption } from './options.ts';

/** What an OPC UA server plays, from when on. */
export interface Play {
  clock: SimClock;
  timeline: Timeline;
  /** Companion specifications that its nodes need. */
  nodesets?: readonly string[];
  /** Builds the machines' nodes. */
  furnish(outlet: OpcuaOutlet, server: SimulatorServer): void;
  /** Runs when the timeline has come to its end; the server then holds the last values until it is stopped. */
  ended?(): void;
}

/** Serves a play over OPC UA until it is stopped, and ends in an orderly way: what was emitted is delivered. */
export async function serve(
  { values, signal }: CommandInput,
  name: string,
  truth: TruthLog,
  play: Play,
): Promise<void> {
  const leash = exitWithSupervisor(signal);
  const server = await openServer(values, name, play.nodesets ?? []);
  const dropSessions = () => server.dropSessions();
  try {
    const outlet = new OpcuaOutlet(server, truth);
    play.furnish(outlet, server);
    const pump = new Pump(play.clock, play.timeline, outlet);
    // Nobody has connected yet: of a machine that has values already, a new one would reach nobody until then.
    if (truth.lastTime_ms === undefined) await pump.prime();
    else outlet.restore(truth.last, truth.lastTime_ms);
    await server.start();
    ready({ endpoint: server.endpoint });
    process.on('SIGUSR2', dropSessions);
    await pump.run(leash);
    if (!leash.aborted) play.ended?.();
    await aborted(leash);
  } finally {
    process.off('SIGUSR2', dropSessions);
    await server.stop();
    await truth.close();
  }
}

async function openServer(
  values: CommandInput['values'],
  name: string,
  nodesets: readonly string[],
): Promise<SimulatorServer> {
  const host = textOption(values, 'host') ?? '127.0.0.1';
  const truth = textOption(values, 'truth');
  return await SimulatorServer.create({
    name,
    nodesets,
    host,
    port: portOption(values),
    offerNone: isLoopback(host) || values['insecure'] === true,
    extraNamespaces: countOption(values, 'extra-namespaces'),
    pkiFolder: textOption(values, 'pki') ?? (truth === undefined ? undefined : `${truth}.pki`),
  });
}
