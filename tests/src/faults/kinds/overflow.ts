import type { FaultKind, Parameters, World } from '../fault.ts';
import { segmentsBelow } from '../tools/damage.ts';
import { lostWithLedger, onSmallDisk, restart, smallDiskNeeds } from './disk.ts';
import { pause } from './pause.ts';
import { spoolOf, until } from './status.ts';

type Outage = Parameters & { for_s: number };

/** Room beside what is on the disk: segments are a sixteenth of it, and only those behind the newest can go. */
const spareBytes = 1024 * 1024;
/** A plant that says little takes more than a minute to fill the first segment. */
const overflown_s = 150;
const settled_s = 60;

/**
 * The bound of a spool, reached: with no ledger for longer than there is room, the oldest of what nobody else has goes.
 * That is declared, and counters and registers bridge it.
 */
export const overflow: FaultKind<Outage> = {
  kind: 'spool-overflows',
  summary: 'ingest is away until the spool has to delete what no ledger has, on a small disk that fills up',
  draw: (random) => ({ for_s: random.whole(15, 25) }),
  lasts_s: ({ for_s }) => for_s + 40,
  // A controller that restarts while its queues wait to be read has nothing in them.
  touches: () => ['gateway', 'ingest', 'line', 'mill', 'gateway-line', 'gateway-mill'],
  cost: () => [...restart, lostWithLedger('evicted')],
  needs: smallDiskNeeds,
  async inject(world, { for_s }, signal) {
    await onSmallDisk(
      world,
      'gateway',
      async (disk) => {
        const ingest = world.part('ingest');
        await ingest.stop();
        try {
          const before = await evicted(world);
          await pause(for_s, signal);
          const overflows = async () => {
            // The newest segment cannot go, and on a full disk no other one is begun.
            if (segmentsBelow(world.part('gateway').data).length > 1) disk.fill();
            // A busy computer may be slow to answer: it is asked again.
            return (await evicted(world).catch(() => before)) > before;
          };
          await until('the spool deletes what no ledger has', overflows, overflown_s);
        } finally {
          disk.free();
          await ingest.start();
        }
        await world.settle(settled_s, signal);
      },
      spareBytes,
    );
  },
};

/** Batches that went for want of room before any ledger had them. */
async function evicted(world: World): Promise<number> {
  const { bytes = 0, disk = 0 } = (await spoolOf(world)).lost;
  return bytes + disk;
}
