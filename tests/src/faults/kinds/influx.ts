import { createHash } from 'node:crypto';
import type { Random } from '@benchline/simulators';
import type { FaultKind, Parameters } from '../fault.ts';
import { InfluxFront, type InfluxMood } from '../tools/influx-front.ts';
import { pause } from './pause.ts';

type Spell = Parameters & { for_s: number };

/** A kind in which a scripted front before InfluxDB answers the writes. The ledger is the retry buffer: it costs nothing. */
function influxKind<P extends Spell>(
  kind: string,
  summary: string,
  draw: (random: Random) => P,
  mood: (parameters: P) => InfluxMood,
  cost: FaultKind<P>['cost'] = () => 'nothing',
): FaultKind<P> {
  return {
    kind,
    summary,
    draw,
    lasts_s: ({ for_s }) => for_s,
    touches: () => ['ingest-influxd'],
    cost,
    async inject(world, parameters, signal) {
      const link = world.link('ingest-influxd');
      const front = await InfluxFront.open(link.target);
      try {
        front.mood = mood(parameters);
        link.divert(front.address);
        await pause(parameters.for_s, signal);
        front.mood = { mood: 'honest' };
      } finally {
        link.divert(undefined);
        await front.close();
      }
      const { writes, refused } = front.counters;
      world.note(`${writes} writes, ${refused} answered with an error`);
      if (writes > writesPerSecond * parameters.for_s + writesAtOnce)
        throw new Error(`InfluxDB was hammered: ${writes} writes in ${parameters.for_s} s`);
    },
  };
}

/** Who backs off asks far less; who stores live data in small batches asks about so often. */
const writesPerSecond = 25;
const writesAtOnce = 50;

const statuses = [401, 404, 429, 500, 503] as const;

const refuses = influxKind(
  'influx-refuses',
  'InfluxDB answers writes with 401, 404, 429, 500 or 503',
  (random) => ({
    for_s: random.whole(1, 15),
    status: random.pick(statuses) ?? 500,
    retry_after_s: random.whole(1, 3),
  }),
  ({ status, retry_after_s }) => ({
    mood: 'refuses',
    status,
    ...(status === 429 || status === 503 ? { retry_after_s } : {}),
  }),
);

const partial = influxKind(
  'influx-partial',
  'InfluxDB stores most lines of a write and answers 400 for some',
  (random) => ({
    for_s: random.whole(2, 10),
    salt: random.whole(0, 1_000_000),
    one_in: random.whole(50, 500),
  }),
  ({ salt, one_in }) => ({
    mood: 'partial',
    refuses: (line) => line !== '' && lot(line, salt) % one_in === 0,
  }),
  // A line that is refused for good is poison: it is quarantined alone, its neighbours are stored. Which lines are
  // written meanwhile depends on how far the projection lags, so what was said before counts too.
  () => [{ as: 'quarantine', machines: 'all', before_s: 90, after_s: 5 }],
);

const losesResponse = influxKind(
  'influx-loses-response',
  'InfluxDB stores what is written and the answer is lost',
  (random) => ({ for_s: random.whole(1, 10) }),
  () => ({ mood: 'loses-response' }),
);

const hangs = influxKind(
  'influx-hangs',
  'InfluxDB takes writes in and does not answer',
  (random) => ({ for_s: random.whole(1, 20) }),
  () => ({ mood: 'hangs' }),
);

const slow = influxKind(
  'influx-slow',
  'InfluxDB answers every write seconds late',
  (random) => ({ for_s: random.whole(3, 15), delay_ms: random.whole(200, 4000) }),
  ({ delay_ms }) => ({ mood: 'slow', delay_ms }),
);

const diskFull = influxKind(
  'influx-disk-full',
  'InfluxDB has no room on its disk',
  (random) => ({ for_s: random.whole(1, 15) }),
  () => ({ mood: 'disk-full' }),
);

export const influxKinds: readonly FaultKind[] = [refuses, partial, losesResponse, hangs, slow, diskFull];

/** The same for the same line, whichever batch brings it. */
function lot(line: string, salt: number): number {
  return createHash('sha256').update(`${salt} ${line}`).digest().readUInt32LE(0);
}
