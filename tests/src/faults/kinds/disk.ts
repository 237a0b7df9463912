import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { GapReason } from '@benchline/model';
import type { Environment, FaultKind, Parameters, Toll, World } from '../fault.ts';
import { copyFolder, filesBelow, restoreFolder } from '../tools/damage.ts';
import { SmallDisk } from '../tools/small-disk.ts';
import { type DiskFailure, Tamper } from '../tools/tamper.ts';
import { pause } from './pause.ts';
import { stageFails, until } from './status.ts';

type Spell = Parameters & { for_s: number };
type Keeper = 'gateway' | 'ingest';

/** A gateway that is started anew has a gap from what it committed last to what it reads first. */
export const restart = [{ as: 'gap', machines: 'all', before_s: 10, after_s: 15 }] as const;

/**
 * What a spool gave up, or had damaged, because a ledger had it: should that ledger be lost later, the stretch is
 * declared then. Of the three copies two are gone, and a store is the third.
 */
export const lostWithLedger = (reason: GapReason): Toll => ({
  as: 'gap',
  machines: 'all',
  reason,
  before_s: 24 * 3600,
  after_s: 15,
});

/** A full disk is made room on by deleting what a ledger has. */
const madeRoom = lostWithLedger('evicted');

/** Until a process that was just started is at its door. */
const noticed_s = 20;

/** Enough for seconds, so that filling a small disk is what fills it. */
const ampleBytes = 64 * 1024 * 1024;

/** A real small disk under the folder of a service, filled to the last byte while it runs. */
function diskFull(part: Keeper, kind: string, cost: FaultKind['cost']): FaultKind<Spell> {
  return {
    kind,
    summary: `the disk of ${part} is full (a tmpfs filled to the last byte), then has room again`,
    draw: (random) => ({ for_s: random.whole(2, 12) }),
    lasts_s: ({ for_s }) => for_s + 12,
    touches: () => [part],
    cost,
    needs: smallDiskNeeds,
    async inject(world, { for_s }, signal) {
      await onSmallDisk(world, part, async (disk) => {
        disk.fill();
        await pause(for_s, signal);
        disk.free();
        await pause(2, signal);
      });
    },
  };
}

/** Why a small disk cannot be had here. */
export function smallDiskNeeds({ root }: Environment): string | undefined {
  return root ? SmallDisk.impossible() : 'only root can mount a tmpfs';
}

/** Puts a small disk under the folder of a service while something is done. `spareBytes`: beyond what is on it. */
export async function onSmallDisk(
  world: World,
  part: Keeper,
  work: (disk: SmallDisk) => Promise<void>,
  spareBytes = ampleBytes,
): Promise<void> {
  const service = world.part(part);
  const aside = join(world.folder, 'aside', part);
  await service.stop();
  copyFolder(service.data, aside);
  const disk = SmallDisk.mount(service.data, sizeOf(aside) + spareBytes);
  try {
    restoreFolder(aside, service.data);
    await service.start();
    await work(disk);
  } finally {
    await service.stop();
    copyFolder(service.data, aside);
    disk.unmount();
    restoreFolder(aside, service.data);
    await service.start();
  }
}

type Failing = Spell & {
  code: DiskFailure['code'];
  operations: readonly DiskFailure['operations'][number][];
};

/** The disk fails in calls of the running service; after that it works again and the service has to go on. */
function diskFails(
  part: Keeper,
  kind: string,
  code: DiskFailure['code'],
  cost: FaultKind['cost'],
): FaultKind<Failing> {
  return {
    kind,
    summary: `writes, syncs or both under the folder of ${part} fail with ${code}`,
    draw: (random) => ({
      for_s: random.whole(1, 8),
      code,
      operations:
        code === 'ENOSPC'
          ? ['write', 'open']
          : (random.pick([['write'], ['sync'], ['write', 'remove', 'sync', 'open']] as const) ?? ['write']),
    }),
    lasts_s: ({ for_s }) => for_s + 6,
    touches: () => [part],
    cost,
    async inject(world, { for_s, operations }, signal) {
      const service = world.part(part);
      const tamper = new Tamper(world.folder, part);
      try {
        await tamper.failDisk({ folder: service.data, code, operations });
        await pause(for_s, signal);
      } finally {
        await tamper.end();
      }
      await service.awaitReady();
    },
  };
}

const unreadable: FaultKind<Spell> = {
  kind: 'ledger-unreadable',
  summary: 'ingest starts while its disk answers reads with EIO: it waits, says so, and goes on by itself',
  draw: (random) => ({ for_s: random.whole(1, 8) }),
  lasts_s: ({ for_s }) => for_s + 10,
  touches: () => ['ingest'],
  cost: () => 'nothing',
  async inject(world, { for_s }, signal) {
    const service = world.part('ingest');
    const tamper = new Tamper(world.folder, 'ingest');
    await service.stop();
    await tamper.failDisk({ folder: service.data, code: 'EIO', operations: ['read'] });
    const started = service.start(noticed_s + for_s + 30);
    started.catch(() => undefined);
    try {
      await until('ingest says what is wrong', () => stageFails(world.urls.ingest, 'ledger'), noticed_s);
      await pause(for_s, signal);
    } finally {
      await tamper.end();
    }
    await started;
  },
};

export const diskKinds: readonly FaultKind[] = [
  // Stopping and starting the gateway for the small disk is what costs; a full disk holds the sources back.
  diskFull('gateway', 'spool-disk-full', () => [...restart, madeRoom]),
  diskFull('ingest', 'ledger-disk-full', () => 'nothing'),
  diskFails('gateway', 'spool-enospc', 'ENOSPC', () => [madeRoom]),
  diskFails('ingest', 'ledger-enospc', 'ENOSPC', () => 'nothing'),
  // After a failed fsync nobody knows what the disk holds: the gateway may have to begin anew.
  diskFails('gateway', 'spool-eio', 'EIO', () => restart),
  diskFails('ingest', 'ledger-eio', 'EIO', () => 'nothing'),
  unreadable,
];

function sizeOf(folder: string): number {
  return filesBelow(folder).reduce((sum, file) => sum + statSync(file).size, 0);
}
