import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultKind, Json, Parameters, World } from '../fault.ts';
import { pause } from './pause.ts';
import { awaitSource, until } from './status.ts';

const servers = ['line', 'mill'] as const;
type Server = (typeof servers)[number];
type OnServer = Parameters & { server: Server; for_s: number };

const reconnected_s = 45;

function serverKind(
  kind: string,
  summary: string,
  longest_s: number,
  cost: FaultKind<OnServer>['cost'],
  disturb: (world: World, parameters: OnServer, signal: AbortSignal) => Promise<void>,
): FaultKind<OnServer> {
  return {
    kind,
    summary,
    draw: (random) => ({ server: random.pick(servers) ?? 'line', for_s: random.whole(1, longest_s) }),
    lasts_s: ({ for_s }) => for_s + 8,
    touches: ({ server }) => [server, `gateway-${server}`],
    cost,
    async inject(world, parameters, signal) {
      await disturb(world, parameters, signal);
      await awaitSource(world, parameters.server, reconnected_s, signal);
    },
  };
}

/** What a server had not yet delivered when it died, and what it says before somebody watches it again. */
const died: FaultKind<OnServer>['cost'] = ({ server }) => [
  { as: 'gap', machines: machinesBehind[server], before_s: 10, after_s: 20 },
];

const machinesBehind: Readonly<Record<Server, readonly string[]>> = {
  line: ['press-1', 'lathe-1', 'lathe-2', 'robot-1', 'bench-1'],
  mill: ['mill-1'],
};

const killed = serverKind(
  'server-killed',
  'an OPC UA server is killed with -9 and comes back',
  8,
  died,
  async (world, { server, for_s }, signal) => {
    const part = world.part(server);
    part.hold();
    await part.kill();
    await pause(for_s, signal);
    await part.start();
  },
);

const restarted = serverKind(
  'server-restarted',
  'an OPC UA server is stopped in order and started again',
  8,
  died,
  async (world, { server, for_s }, signal) => {
    await world.part(server).stop();
    await pause(for_s, signal);
    await world.part(server).start();
  },
);

const frozen = serverKind(
  'server-frozen',
  'an OPC UA server stands still (SIGSTOP) with all its connections',
  30,
  // It goes on with everything that it had.
  () => 'nothing',
  async (world, { server, for_s }, signal) => {
    world.part(server).freeze();
    await pause(for_s, signal);
    world.part(server).thaw();
  },
);

const forgetful = serverKind(
  'session-lost',
  'an OPC UA server forgets all sessions and subscriptions while the connections stand',
  3,
  // What was queued in them is gone.
  died,
  async (world, { server, for_s }, signal) => {
    const { pid } = world.part(server);
    if (pid !== undefined) process.kill(pid, 'SIGUSR2');
    await pause(for_s, signal);
  },
);

const moved = serverKind(
  'namespace-moved',
  'an OPC UA server comes back with namespaces before its own: every node has another index',
  4,
  died,
  async (world, { server, for_s }, signal) => {
    const part = world.part(server);
    await part.stop();
    part.alter({ args: ['--extra-namespaces', String(for_s)] });
    await part.start();
    await awaitSource(world, server, reconnected_s, signal);
    await pause(for_s, signal);
    await part.stop();
    part.alter(undefined);
    await part.start();
  },
);

const certificate: FaultKind<OnServer> = {
  kind: 'certificate-changed',
  summary:
    "an OPC UA server's certificate changes: nothing is read from it until the engineer trusts the new one",
  draw: (random) => ({ server: random.pick(servers) ?? 'line', for_s: random.whole(1, 6) }),
  lasts_s: ({ for_s }) => for_s + 40,
  touches: ({ server }) => ['gateway', server, `gateway-${server}`],
  // The gateway is restarted for the encrypted connection, and reads nothing that nobody trusts.
  cost: () => [{ as: 'gap', machines: 'all', before_s: 10, after_s: 20 }],
  async inject(world, { server, for_s }, signal) {
    const gateway = world.part('gateway');
    await gateway.stop();
    gateway.alter({ config: (usual) => encrypted(usual, server) });
    try {
      await gateway.start();
      await trustNewcomer(world, 0, signal);
      await awaitSource(world, server, reconnected_s, signal);
      const part = world.part(server);
      await part.stop();
      rmSync(join(part.data, `${server}.ndjson.pki`), { recursive: true, force: true });
      await part.start();
      await trustNewcomer(world, for_s, signal);
      await awaitSource(world, server, reconnected_s, signal);
    } finally {
      await gateway.stop();
      gateway.alter(undefined);
      await gateway.start();
    }
  },
};

/** The same configuration with a protected connection to one server. */
function encrypted(usual: Json, server: Server): Json {
  const sources = usual['sources'] as readonly Json[];
  return {
    ...usual,
    sources: sources.map((source) =>
      source['id'] === server ? { ...source, security: { mode: 'SignAndEncrypt' } } : source,
    ),
  };
}

/** What the engineer does: waits for the rejected certificate, looks at it for a while, and moves it. */
async function trustNewcomer(world: World, afterS: number, signal: AbortSignal): Promise<void> {
  const pki = join(world.part('gateway').data, 'pki');
  const [rejected, trusted] = [join(pki, 'rejected'), join(pki, 'trusted', 'certs')];
  const newcomers = () => (existsSync(rejected) ? readdirSync(rejected) : []);
  await until('a certificate in rejected/', () => signal.aborted || newcomers().length > 0, 30);
  await pause(afterS, signal);
  mkdirSync(trusted, { recursive: true });
  for (const name of newcomers()) renameSync(join(rejected, name), join(trusted, name));
}

export const opcuaKinds: readonly FaultKind[] = [killed, restarted, frozen, forgetful, moved, certificate];
