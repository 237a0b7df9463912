import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bridged_s, type FaultKind, type PartName, type Toll } from '../fault.ts';
import { pause } from './pause.ts';

const servers = ['gateway', 'ingest', 'metrics', 'broker', 'influxd'] as const satisfies PartName[];
type Server = (typeof servers)[number];

const names: Readonly<Record<Server, string>> = {
  gateway: 'the gateway',
  ingest: 'ingest',
  metrics: 'the metrics service',
  broker: 'Mosquitto',
  influxd: 'InfluxDB',
};

/** While a gateway is down nobody reads the controllers: what they say meanwhile is gone, and declared so. */
const unread: readonly Toll[] = [{ as: 'gap', machines: 'all', before_s: 5, after_s: 5 }];

function kill(part: Server): FaultKind {
  return {
    kind: `kill-${part}`,
    summary: `kill -9 of ${names[part]}`,
    draw: () => ({}),
    lasts_s: () => 2,
    touches: () => [part],
    cost: () => (part === 'gateway' ? unread : 'nothing'),
    async inject(world) {
      await world.part(part).kill();
      await world.part(part).awaitReady();
    },
  };
}

const wipeBroker: FaultKind = {
  kind: 'wipe-broker',
  summary: 'kill -9 of Mosquitto, which comes back without sessions, retained messages or queues',
  weight: 2,
  draw: () => ({}),
  lasts_s: () => 2,
  touches: () => ['broker'],
  cost: () => 'nothing',
  async inject(world) {
    const broker = world.part('broker');
    broker.hold();
    await broker.kill();
    for (const file of readdirSync(broker.data)) rmSync(join(broker.data, file), { recursive: true });
    await broker.start();
  },
};

function freeze(part: Server): FaultKind<{ seconds: number }> {
  return {
    kind: `freeze-${part}`,
    summary: `SIGSTOP of ${names[part]} for 1–30 s, rarely 60 s`,
    draw(random) {
      const share = random.unit();
      // Most pauses are short, so that a run holds many of them.
      return { seconds: random.chance(0.05) ? 60 : Math.round((1 + 29 * share * share) * 10) / 10 };
    },
    lasts_s: ({ seconds }) => seconds,
    touches: () => [part],
    cost: ({ seconds }) => (part === 'gateway' && seconds > bridged_s ? unread : 'nothing'),
    async inject(world, { seconds }, signal) {
      world.part(part).freeze();
      await pause(seconds, signal);
      world.part(part).thaw();
    },
  };
}

const flappingGateway: FaultKind<{ times: number; up_s: number }> = {
  kind: 'flapping-gateway',
  summary: 'kill -9 of the gateway again and again, each time shortly after it has come up',
  draw: (random) => ({ times: random.whole(3, 6), up_s: Math.round(random.between(0, 3) * 10) / 10 }),
  lasts_s: ({ times, up_s }) => times * (3 + up_s),
  touches: () => ['gateway'],
  cost: () => unread,
  async inject(world, { times, up_s }, signal) {
    const gateway = world.part('gateway');
    for (let i = 0; i < times && !signal.aborted; i++) {
      await gateway.kill();
      // A supervisor that has seen it die young waits longer each time.
      await gateway.start();
      await pause(up_s, signal);
    }
  },
};

/** What happens to processes: they die, stand still, and come back. */
export const processKinds: readonly FaultKind[] = [
  ...servers.map(kill),
  wipeBroker,
  ...servers.map(freeze),
  flappingGateway,
];
