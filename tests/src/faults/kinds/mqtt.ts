import { readSigningKey } from '@benchline/model';
import { Random } from '@benchline/simulators';
import type { FaultKind, LinkName, Parameters, PartName, World } from '../fault.ts';
import { forgeries, Meddler } from '../tools/meddler.ts';
import { MqttWay } from '../tools/mqtt-way.ts';
import { pause } from './pause.ts';
import { awaitAlarm, gatewayEpoch } from './status.ts';

/**
 * A broker is trusted with nothing, and neither is whoever can write to it: batches are numbered, chained and signed,
 * acknowledgements signed by the ledger, and devices say again what was not confirmed. So it all costs nothing.
 */
const cost = () => 'nothing' as const;

type Salted = Parameters & { for_s: number; salt: number };

type Shuffle = Salted & {
  link: LinkName;
  duplicated: number;
  swapped: number;
  delayed: number;
  delay_ms: number;
  lost: number;
};

const shuffled: FaultKind<Shuffle> = {
  kind: 'messages-shuffled',
  summary: 'messages on the way to the broker are duplicated, swapped, delayed and lost',
  weight: 2,
  draw: (random) => ({
    link: random.pick(['gateway-broker', 'devices-broker'] as const) ?? 'gateway-broker',
    for_s: random.whole(3, 15),
    salt: random.whole(0, 1_000_000),
    duplicated: random.whole(0, 30) / 100,
    swapped: random.whole(0, 30) / 100,
    delayed: random.whole(0, 20) / 100,
    delay_ms: random.whole(10, 2000),
    lost: random.whole(0, 15) / 100,
  }),
  lasts_s: ({ for_s }) => for_s,
  touches: ({ link }) => [link],
  cost,
  async inject(world, { link: name, for_s, salt, ...mischief }, signal) {
    const link = world.link(name);
    const way = await MqttWay.open(link.target, mischief, new Random(String(salt)));
    link.divert(way.address);
    try {
      await pause(for_s, signal);
    } finally {
      link.divert(undefined);
      await way.close();
    }
    world.note(JSON.stringify(way.counters));
  },
};

/** A kind in which another client of the broker does something, having listened for a while. */
function meddlerKind(
  kind: string,
  summary: string,
  touches: readonly (PartName | LinkName)[],
  meddle: (meddler: Meddler, world: World, parameters: Salted, signal: AbortSignal) => Promise<void>,
): FaultKind<Salted> {
  return {
    kind,
    summary,
    draw: (random) => ({ for_s: random.whole(2, 10), salt: random.whole(0, 1_000_000) }),
    lasts_s: ({ for_s }) => for_s + listening_s,
    touches: () => touches,
    cost,
    async inject(world, parameters, signal) {
      const meddler = await Meddler.connect(
        world.urls.broker,
        world.ids,
        new Random(String(parameters.salt)),
      );
      try {
        await pause(listening_s, signal);
        await meddle(meddler, world, parameters, signal);
      } finally {
        await meddler.leave();
      }
    },
  };
}

const listening_s = 2;
const alarmed_s = 10;

const repeated = meddlerKind(
  'messages-repeated',
  'another client says genuine data and births again, late and in another order',
  [],
  async (meddler, world, { for_s }, signal) => {
    const said = await meddler.repeat(200, for_s * 1000, signal);
    await meddler.repeatBirths(10);
    world.note(`${said} messages said again`);
  },
);

const rubbish = meddlerKind(
  'rubbish',
  'another client says malformed, huge, deeply nested and random payloads on every topic',
  [],
  async (meddler, world, _parameters, signal) => {
    const { group, gateway, ledger } = world.ids;
    const machine = world.machines('line')[0] ?? '';
    const device = world.machines('plc')[0] ?? '';
    const said = await meddler.rubbish(
      [
        `spBv1.0/${group}/DDATA/${gateway}/${machine}`,
        `spBv1.0/${group}/DDATA/${gateway}/nobody`,
        `spBv1.0/${group}/DDATA/another-node/${machine}`,
        `spBv1.0/${group}/NBIRTH/${gateway}`,
        `spBv1.0/${group}/NBIRTH/another-node`,
        `spBv1.0/${group}/DBIRTH/another-node/device`,
        `spBv1.0/${group}/NDEATH/${gateway}`,
        `spBv1.0/${group}/NCMD/${gateway}`,
        `spBv1.0/STATE/${ledger}`,
        `benchline/v1/ack/${gateway}`,
        `benchline/v1/observed/${gateway}/${device}`,
        `machines/${device}`,
      ],
      signal,
    );
    world.note(`${said} messages of rubbish`);
  },
);

const forged = meddlerKind(
  'forged-acknowledgements',
  "another client acknowledges in the ledger's name what no ledger has, with every key but the right one",
  // What else can begin a new epoch would look like a forgery that was believed.
  ['gateway', 'ingest', 'broker', 'gateway-broker'],
  async (meddler, world, { for_s }, signal) => {
    const before = await gatewayEpoch(world);
    const ledger = { id: world.ids.ledger, key_id: readSigningKey(world.keys.ledger).id, epoch: before };
    for (const forgery of forgeries) {
      await meddler.forge(forgery, ledger, world.keys.gateway);
      await pause(for_s / forgeries.length, signal);
    }
    await awaitAlarm(world, ['forged_acknowledgements'], alarmed_s);
    const after = await gatewayEpoch(world);
    if (after !== before) throw new Error(`a forged acknowledgement ended the gateway's epoch ${before}`);
  },
);

export const mqttKinds: readonly FaultKind[] = [shuffled, repeated, rubbish, forged];
