import { join } from 'node:path';
import { Random } from '@benchline/simulators';
import type { Cost, Environment, FaultKind, Parameters, Part, World } from '../fault.ts';
import {
  type CutPlace,
  copyFolder,
  cutPlaces,
  cutSegment,
  emptyFolder,
  filesBelow,
  flipBit,
  restoreFolder,
  segmentsBelow,
  type Wreckage,
  wreck,
  wreckages,
} from '../tools/damage.ts';
import { lostWithLedger } from './disk.ts';
import { pause } from './pause.ts';

type Keeper = 'gateway' | 'ingest';
type Projected = 'metrics' | 'influxd';

/**
 * Damage to the spool is damage to the only copy of what no ledger has yet, and the gateway is down meanwhile. What
 * the ledger has already it keeps, so only the last seconds can be gone.
 */
const spoolCost: Cost = [{ as: 'gap', machines: 'all', before_s: 20, after_s: 15 }];
/** A flipped bit may lie in what a ledger has acknowledged. */
const flipCost: Cost = [...spoolCost, lostWithLedger('spool_damaged')];
/** The ledger's damage costs nothing: gateways keep what was acknowledged until they need the space. */
const costOf = (part: Keeper): Cost => (part === 'gateway' ? spoolCost : 'nothing');

/** Does something to the files of a service while it is down after a kill -9. */
async function whileDown(part: Part, work: () => void): Promise<void> {
  part.hold();
  await part.kill();
  try {
    work();
  } finally {
    await part.start();
  }
}

type Cut = Parameters & { place: CutPlace; back: number };

function torn(part: Keeper, kind: string): FaultKind<Cut> {
  return {
    kind,
    summary: `${part} is killed and the last segment of its journal ends somewhere within one of its last records`,
    weight: 2,
    draw: (random) => ({ place: random.pick(cutPlaces) ?? 'payload', back: random.pick([0, 0, 1, 20]) ?? 0 }),
    lasts_s: () => 6,
    touches: () => [part],
    cost: () => costOf(part),
    async inject(world, { place, back }) {
      const service = world.part(part);
      await whileDown(service, () => {
        const last = segmentsBelow(service.data).at(-1);
        if (last !== undefined) world.note(`${cutSegment(last, place, back)} bytes cut off ${last}`);
      });
    },
  };
}

type Flip = Parameters & { salt: number; bits: number; older: boolean };

function flipped(part: Keeper, kind: string): FaultKind<Flip> {
  return {
    kind,
    summary: `${part} is killed and single bits of its journal are turned round`,
    weight: 2,
    draw: (random) => ({
      salt: random.whole(0, 1_000_000),
      bits: random.pick([1, 1, 1, 3]) ?? 1,
      older: random.chance(0.3),
    }),
    lasts_s: () => 6,
    touches: () => [part],
    cost: () => (part === 'gateway' ? flipCost : 'nothing'),
    async inject(world, { salt, bits, older }) {
      const random = new Random(String(salt));
      const service = world.part(part);
      await whileDown(service, () => {
        for (let i = 0; i < bits; i += 1) {
          const segments = segmentsBelow(service.data);
          const file = older ? random.pick(segments) : segments.at(-1);
          const at = file === undefined ? undefined : flipBit(file, random);
          if (at) world.note(`bit ${at.bit} of byte ${at.byte} of ${file}`);
        }
      });
    },
  };
}

type Wreck = Parameters & { part: Keeper; wreckage: Wreckage };

const wrecked: FaultKind<Wreck> = {
  kind: 'state-files-wrecked',
  summary: 'a service is killed and its small state, checkpoint and cursor files are emptied, torn or gone',
  weight: 2,
  draw: (random) => ({
    part: random.pick(['gateway', 'ingest'] as const) ?? 'ingest',
    wreckage: random.pick(wreckages) ?? 'empty',
  }),
  lasts_s: () => 6,
  touches: ({ part }) => [part],
  cost: ({ part }) => (part === 'gateway' ? spoolCost : 'nothing'),
  async inject(world, { part, wreckage }) {
    const service = world.part(part);
    await whileDown(service, () => {
      const files = filesBelow(service.data).filter((file) => file.endsWith('.json'));
      for (const file of files) wreck(file, wreckage);
      world.note(`${wreckage}: ${files.join(', ')}`);
    });
  },
};

const embeddedWrecked: FaultKind<Parameters & { wreckage: Wreckage }> = {
  kind: 'embedded-store-wrecked',
  summary: 'the metrics service is killed and the files of its embedded store are emptied, torn or gone',
  draw: (random) => ({ wreckage: random.pick(wreckages) ?? 'gone' }),
  lasts_s: () => 6,
  touches: () => ['metrics'],
  // A projection: it is made anew from the ledger.
  cost: () => 'nothing',
  needs: embeddedNeeds,
  async inject(world, { wreckage }) {
    const service = world.part('metrics');
    await whileDown(service, () => {
      const files = filesBelow(service.data).filter((file) => file.includes('.duckdb'));
      for (const file of files) wreck(file, wreckage);
      world.note(`${wreckage}: ${files.join(', ')}`);
    });
  },
};

function embeddedNeeds({ metrics_store }: Environment): string | undefined {
  return metrics_store === 'embedded' ? undefined : 'metrics reads InfluxDB';
}

type Restored = Parameters & { for_s: number };

/** Runs on for a while after a copy was taken, and is then put back to it. */
async function putBack(
  world: World,
  part: Keeper | Projected,
  for_s: number,
  signal: AbortSignal,
): Promise<void> {
  const service = world.part(part);
  const copy = join(world.folder, 'aside', `${part}-backup`);
  await service.stop();
  copyFolder(service.data, copy);
  await service.start();
  await pause(for_s, signal);
  await whileDown(service, () => restoreFolder(copy, service.data));
}

const ledgerRestored: FaultKind<Restored> = {
  kind: 'ledger-restored',
  summary: 'the whole folder of ingest is brought back from a copy taken earlier',
  draw: (random) => ({ for_s: random.whole(3, 12) }),
  lasts_s: ({ for_s }) => for_s + 10,
  touches: () => ['ingest'],
  cost: () => 'nothing',
  inject: (world, { for_s }, signal) => putBack(world, 'ingest', for_s, signal),
};

const ledgerLost: FaultKind = {
  kind: 'ledger-lost',
  summary: 'the whole folder of ingest is lost',
  draw: () => ({}),
  lasts_s: () => 8,
  touches: () => ['ingest'],
  cost: () => 'nothing',
  async inject(world) {
    const service = world.part('ingest');
    await whileDown(service, () => emptyFolder(service.data));
  },
};

function storeRestored(part: Projected, kind: string, summary: string): FaultKind<Restored> {
  return {
    kind,
    summary,
    draw: (random) => ({ for_s: random.whole(3, 12) }),
    lasts_s: ({ for_s }) => for_s + 8,
    touches: () => [part],
    // What a projection no longer has is stored again from the ledger.
    cost: () => 'nothing',
    ...(part === 'metrics' ? { needs: embeddedNeeds } : {}),
    inject: (world, { for_s }, signal) => putBack(world, part, for_s, signal),
  };
}

const influxEmptied: FaultKind = {
  kind: 'influx-emptied',
  summary: 'InfluxDB is killed and comes back with nothing in it, its database gone',
  draw: () => ({}),
  lasts_s: () => 6,
  touches: () => ['influxd'],
  cost: () => 'nothing',
  async inject(world) {
    const service = world.part('influxd');
    await whileDown(service, () => emptyFolder(service.data));
  },
};

const gatewayRestored: FaultKind<Restored> = {
  kind: 'gateway-restored',
  summary: 'the image of the gateway is brought back from a copy: it uses numbers again with other content',
  draw: (random) => ({ for_s: random.whole(3, 12) }),
  lasts_s: ({ for_s }) => for_s + 10,
  touches: () => ['gateway'],
  // Two restarts, and whatever the ledger had not yet got when the newer spool was replaced.
  cost: ({ for_s }) => [{ as: 'gap', machines: 'all', before_s: 10 + for_s, after_s: 15 }],
  inject: (world, { for_s }, signal) => putBack(world, 'gateway', for_s, signal),
};

export const damageKinds: readonly FaultKind[] = [
  torn('gateway', 'spool-torn'),
  torn('ingest', 'ledger-torn'),
  flipped('gateway', 'spool-bit-flip'),
  flipped('ingest', 'ledger-bit-flip'),
  wrecked,
  embeddedWrecked,
  storeRestored(
    'metrics',
    'embedded-store-restored',
    'the embedded store is brought back from an older copy',
  ),
  storeRestored('influxd', 'influx-restored', 'InfluxDB is brought back from an older copy'),
  influxEmptied,
  ledgerRestored,
  ledgerLost,
  gatewayRestored,
];
