import type { FaultKind, Json, Parameters, World } from '../fault.ts';
import { lostWithLedger, onSmallDisk, restart, smallDiskNeeds } from './disk.ts';
import { pause } from './pause.ts';
import { gapsSinceStart, spoolOf, stageFails, until } from './status.ts';

type Refusal = Parameters & { for_s: number };

/** Until a gateway notices that its disk is full, or has room: it commits several times a second. */
const noticed_s = 15;
/** What is promised of whatever stands still. */
const named_s = 30;
const settled_s = 60;

/**
 * The policy that evicts nothing: with no ledger and no room sources have to wait. Nothing that is in the spool may go,
 * and neither devices that buffer nor controllers whose queues last longer than this may lose anything.
 */
export const stopTaking: FaultKind<Refusal> = {
  kind: 'spool-stops-taking',
  summary:
    'a gateway that may evict nothing has a full disk while ingest is away: its sources wait, then go on',
  draw: (random) => ({ for_s: random.whole(8, 14) }),
  lasts_s: ({ for_s }) => for_s + 25,
  // A controller that restarts while its queues wait to be read has nothing in them.
  touches: () => ['gateway', 'ingest', 'line', 'mill', 'gateway-line', 'gateway-mill'],
  // Of stopping and starting the gateway for the small disk; in between nothing may be missing, which is asked for.
  // Room is made of what the ledger has before anything waits.
  cost: () => [...restart, lostWithLedger('evicted')],
  needs: smallDiskNeeds,
  async inject(world, { for_s }, signal) {
    const gateway = world.part('gateway');
    const ingest = world.part('ingest');
    gateway.alter({ config: thatStopsTaking });
    await onSmallDisk(world, 'gateway', async (disk) => {
      // From its next start on.
      gateway.alter(undefined);
      await world.settle(settled_s, signal);
      const before = lostSoFar(await spoolOf(world));
      await ingest.stop();
      try {
        const refusesFilled = () => {
          disk.fill();
          return refuses(world, true);
        };
        await until('the spool refuses', refusesFilled, noticed_s);
        const named = () => stageFails(world.urls.gateway, 'spool');
        await until('the gateway says that its spool stands still', named, named_s);
        await pause(for_s, signal);
        disk.free();
      } finally {
        await ingest.start();
      }
      await until('the spool takes again', () => refuses(world, false), noticed_s);
      await world.settle(settled_s, signal);
      await assertNothingLost(world, before);
    });
  },
};

function thatStopsTaking(usual: Json): Json {
  return { ...usual, spool: { ...(usual['spool'] as Json | undefined), when_full: 'stop_taking' } };
}

async function refuses(world: World, refusing: boolean): Promise<boolean> {
  // A busy computer may be slow to answer: it is asked again.
  return (await spoolOf(world).catch(() => undefined))?.refusing === refusing;
}

/** Batches, since the spool was made. */
function lostSoFar({ lost }: Awaited<ReturnType<typeof spoolOf>>): number {
  return Object.values(lost).reduce((sum, batches) => sum + batches, 0);
}

async function assertNothingLost(world: World, before: number): Promise<void> {
  const lost = lostSoFar(await spoolOf(world)) - before;
  if (lost > 0) throw new Error(`a spool that must not evict lost ${lost} batches`);
  const gaps = (await gapsSinceStart(world)).filter(({ reason }) => reason !== 'gateway_restart');
  if (gaps.length > 0) throw new Error(`queues were long enough, and yet: ${JSON.stringify(gaps)}`);
}
