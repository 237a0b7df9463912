import { indexPlant, type Observation, parsePlant } from '@benchline/model';
import type { MessageType, SparkplugPayload } from '@benchline/model/sparkplug';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planNodes } from '../src/intake/nodes/config.ts';
import type { Said } from '../src/intake/nodes/entry-stream.ts';
import { NodeSession } from '../src/intake/nodes/session.ts';
import { UnlistedMetrics } from '../src/intake/nodes/unlisted.ts';
import { plantText } from './kit/works.ts';

const plant = indexPlant(parsePlant(plantText, 'plant.yaml'));
const [plan] = planNodes(
  [
    {
      node: 'Edge',
      device: 'Mill',
      machine: 'mill',
      source: 'edge',
      metrics: { Parts: { signal: 'parts' } },
    },
  ],
  'site',
  plant,
);
const start_ms = Date.parse('2026-01-01T00:00:00Z');
const ns = (ms: number) => BigInt(ms) * 1_000_000n;

class Scene {
  readonly session = new NodeSession(plan as NonNullable<typeof plan>, new UnlistedMetrics());
  said: Said[] = [];

  say(type: MessageType, payload: SparkplugPayload): string | undefined {
    const device = type.startsWith('D') ? { device: 'Mill' } : {};
    const reason = this.session.take({ group: 'site', node: 'Edge', type, ...device }, payload, start_ms);
    for (const stream of this.session.streams) this.said.push(...stream.drain());
    return reason;
  }

  born(timestamp_ms = start_ms): void {
    const bdSeq = { name: 'bdSeq', datatype: 'UInt64' as const, value: 1n };
    this.say('NBIRTH', { seq: 0, timestamp_ms, metrics: [bdSeq] });
    const parts = { name: 'Parts', alias: 1n, datatype: 'Int64' as const, value: 0n, timestamp_ms };
    this.say('DBIRTH', { seq: 1, timestamp_ms, metrics: [parts] });
  }

  get claims() {
    return this.said.flatMap(({ observed }) => observed ?? []);
  }

  get values(): Observation[] {
    return this.said.flatMap(({ observations }) => observations);
  }
}

/** The message that is `n` seconds and `n` numbers behind the births. */
function data(n: number): SparkplugPayload {
  const timestamp_ms = start_ms + n * 1000;
  return {
    seq: (n + 1) % 256,
    timestamp_ms,
    metrics: [{ alias: 1n, datatype: 'Int64', value: BigInt(n), timestamp_ms }],
  };
}

describe('a node that nobody acknowledges', () => {
  test('never has a claim over anything that was lost on the way', () => {
    const fate = fc.constantFrom('comes', 'comes', 'comes', 'lost', 'twice');
    fc.assert(
      fc.property(fc.array(fate, { maxLength: 200 }), (fates) => {
        const scene = new Scene();
        scene.born();
        for (const [i, each] of fates.entries()) {
          if (each !== 'lost') scene.say('DDATA', data(i + 1));
          if (each === 'twice') scene.say('DDATA', data(i + 1));
        }
        const covered = (at: bigint) => scene.claims.some((c) => c.from_ns < at && at <= c.until_ns);
        for (const [i, each] of fates.entries()) {
          const at = ns(start_ms + (i + 1) * 1000);
          if (each === 'lost') expect(covered(at)).toBe(false);
          else expect(scene.values.filter((o) => o.source_time_ns === at)).toHaveLength(1);
          // What followed its predecessor was watched all the way.
          if (each !== 'lost' && fates[i - 1] !== 'lost') expect(covered(at)).toBe(true);
        }
        const lost = fates.filter((each, i) => each !== 'lost' && fates[i - 1] === 'lost').length;
        expect(scene.session.counters.sequence_gaps).toBe(lost);
        expect(scene.said.flatMap(({ gaps }) => gaps)).toHaveLength(lost);
      }),
    );
  });

  test('says which births it needs', () => {
    const scene = new Scene();
    expect(scene.say('DDATA', data(1))).toBe('not_born');
    scene.born();
    expect(scene.say('DDATA', data(1))).toBeUndefined();
    const unknown = { ...data(2), metrics: [{ alias: 9n, datatype: 'Int64' as const, value: 1n }] };
    expect(scene.say('DDATA', unknown)).toBe('unknown_alias');
    expect(scene.say('DDATA', data(7))).toBe('sequence_gap');
    expect(scene.session.counters).toMatchObject({ not_born: 1, unknown_aliases: 1, sequence_gaps: 1 });
  });

  test('whose values the ledger could not take has a gap from what is durable to its next birth', () => {
    const scene = new Scene();
    const [stream] = scene.session.streams;
    scene.born();
    scene.say('DDATA', data(5));
    scene.said = [];
    scene.born(start_ms + 6000);
    stream?.committed(ns(start_ms + 6000));
    for (const n of [1, 2]) scene.say('DDATA', { ...data(n), timestamp_ms: start_ms + 6000 + n * 1000 });
    scene.said = [];
    stream?.lost();
    scene.session.disconnected();
    scene.born(start_ms + 20_000);
    expect(scene.said.flatMap(({ gaps }) => gaps)).toEqual([
      { from_ns: ns(start_ms + 6000), to_ns: ns(start_ms + 20_000), reason: 'queue_overflow' },
    ]);
  });

  test('may lie about a time that no store can hold; then the time of the message counts', () => {
    const scene = new Scene();
    scene.born();
    const metrics = [{ alias: 1n, datatype: 'Int64' as const, value: 5n, timestamp_ms: -62_135_596_800_000 }];
    scene.say('DDATA', { ...data(1), metrics });
    expect(scene.values.at(-1)).toMatchObject({ value: 5n, source_time_ns: ns(start_ms + 1000) });
  });
});
