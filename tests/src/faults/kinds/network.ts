import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '@benchline/simulators';
import type { FaultKind, Link, LinkName, Parameters } from '../fault.ts';
import { TcpProxy } from '../tools/tcp-proxy.ts';
import { pause } from './pause.ts';

/**
 * What a bad network costs: nothing, on any way. Controllers queue while a connection is away and hold nothing back
 * that was not delivered, devices say again what nobody confirmed, and everything behind the gateway is on its disk.
 */
const cost = () => 'nothing' as const;

const ways: readonly LinkName[] = [
  'gateway-broker',
  'ingest-broker',
  'devices-broker',
  'ingest-influxd',
  'gateway-line',
  'gateway-mill',
  'metrics-ingest',
];

type OnWay = Parameters & { link: LinkName; for_s: number };

const anyWay = (random: Random) => random.pick(ways) ?? 'gateway-broker';

function networkKind<P extends OnWay>(
  kind: string,
  summary: string,
  draw: (random: Random) => P,
  run: (link: Link, parameters: P, signal: AbortSignal) => Promise<void>,
): FaultKind<P> {
  return {
    kind,
    summary,
    draw,
    lasts_s: ({ for_s }) => for_s,
    touches: ({ link }) => [link],
    cost,
    inject: (world, parameters, signal) => run(world.link(parameters.link), parameters, signal),
  };
}

/** Lets a link run over a proxy of ours while something is done to it. */
async function throughProxy(link: Link, work: (proxy: TcpProxy) => Promise<void>): Promise<void> {
  const proxy = await TcpProxy.open(link.target);
  link.divert(proxy.address);
  try {
    await work(proxy);
  } finally {
    link.divert(undefined);
    await proxy.close();
  }
}

const cut = networkKind(
  'connection-cut',
  'connections of one way are reset again and again',
  (random) => ({ link: anyWay(random), for_s: random.whole(1, 8), times: random.whole(1, 10) }),
  async (link, { for_s, times }, signal) => {
    for (let i = 0; i < times && !signal.aborted; i += 1) {
      link.cut();
      await pause(for_s / times, signal);
    }
  },
);

const refused = networkKind(
  'connection-refused',
  'one way is closed for a while',
  (random) => ({ link: anyWay(random), for_s: random.whole(1, 15) }),
  async (link, { for_s }, signal) => {
    link.close();
    await pause(for_s, signal);
    link.open();
  },
);

const blackHole = networkKind(
  'connection-black-hole',
  'connections of one way stand and nothing comes through',
  (random) => ({ link: anyWay(random), for_s: random.whole(2, 20) }),
  async (link, { for_s }, signal) =>
    await throughProxy(link, async (proxy) => {
      // A moment in which connections are made and used: otherwise it would be a way that never answers.
      await pause(1, signal);
      proxy.blackHole();
      await pause(for_s, signal);
      proxy.lift();
      await sleep(200);
    }),
);

const slow = networkKind(
  'connection-slow',
  'one way is slow and narrow',
  (random) => ({
    link: anyWay(random),
    for_s: random.whole(5, 20),
    delay_ms: random.whole(20, 800),
    bytes_per_s: random.whole(20_000, 200_000),
  }),
  async (link, { for_s, delay_ms, bytes_per_s }, signal) =>
    await throughProxy(link, async (proxy) => {
      proxy.slow({ delay_ms, bytes_per_s });
      await pause(for_s, signal);
      proxy.slow();
    }),
);

const halfClosed = networkKind(
  'connection-half-closed',
  'one direction of the connections of one way ends, the other one stays open',
  (random) => ({
    link: anyWay(random),
    for_s: random.whole(2, 10),
    towards: random.chance(0.5) ? ('client' as const) : ('target' as const),
  }),
  async (link, { for_s, towards }, signal) =>
    await throughProxy(link, async (proxy) => {
      await pause(1, signal);
      proxy.halfClose(towards);
      await pause(for_s, signal);
    }),
);

export const networkKinds: readonly FaultKind[] = [cut, refused, blackHole, slow, halfClosed];
