import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultKind, Json, Parameters, World } from '../fault.ts';
import { copyFolder, emptyFolder, restoreFolder } from '../tools/damage.ts';
import { pause } from './pause.ts';
import { awaitAlarm } from './status.ts';

const alarmed_s = 20;

type Twin = Parameters & { for_s: number };

/**
 * Whoever starts a second gateway with the same id and key makes two programs drive each other from the broker, and
 * devices believe what either of them confirms. What only the twin had committed goes with its folder: a gap that the
 * gateway declares where numbers are missing.
 */
const cost: FaultKind<Twin>['cost'] = () => [{ as: 'gap', machines: 'all', before_s: 20, after_s: 30 }];

function twinKind(
  kind: string,
  summary: string,
  prepare: (world: World, folder: string) => Promise<void> | void,
): FaultKind<Twin> {
  return {
    kind,
    summary,
    draw: (random) => ({ for_s: random.whole(4, 15) }),
    lasts_s: ({ for_s }) => for_s + 10,
    touches: () => ['gateway', 'gateway-broker'],
    cost,
    async inject(world, { for_s }, signal) {
      const folder = join(world.folder, 'aside', 'twin');
      copyFolder(world.part('gateway').data, folder);
      emptyFolder(folder);
      await prepare(world, folder);
      const twin = await world.extra('gateway-twin', [
        'gateway',
        '--config',
        await twinConfig(world, folder),
      ]);
      try {
        await pause(for_s, signal);
        await awaitAlarm(world, ['second_gateway', 'client_id_contested'], alarmed_s);
      } finally {
        await twin.stop();
      }
    },
  };
}

const empty = twinKind(
  'second-gateway-empty',
  'a second gateway with the same id and key runs from an empty folder',
  () => {},
);

const copied = twinKind(
  'second-gateway-copy',
  "a second gateway with the same id and key runs from a copy of the first one's folder",
  async (world, folder) => {
    const gateway = world.part('gateway');
    const copy = `${folder}-image`;
    await gateway.stop();
    copyFolder(gateway.data, copy);
    await gateway.start();
    restoreFolder(copy, folder);
  },
);

async function twinConfig(world: World, folder: string): Promise<string> {
  const usual = JSON.parse(readFileSync(world.part('gateway').config ?? '', 'utf8')) as Json;
  const [port = 0] = await world.freePorts(1);
  const file = join(world.folder, 'config', 'gateway-twin.json');
  writeFileSync(file, JSON.stringify({ ...usual, data_dir: folder, http: { host: '127.0.0.1', port } }));
  return file;
}

export const twinKinds: readonly FaultKind[] = [empty, copied];
