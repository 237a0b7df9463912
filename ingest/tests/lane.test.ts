import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Arrival, GatewayLane } from '../src/intake/lane.ts';
import { Chain } from '../src/ledger/chain.ts';

const now_ms = 0x0190_0000_0000;
const epochs = ['018000000000-00000000', '018000000001-00000000', '018000000002-00000000'] as const;

function arrival(epoch: string, seq: number, history = 'true'): Arrival {
  const name = (n: number) => (n < 0 ? '' : `${history} ${epoch} ${n}`);
  return { epoch, seq, prev: name(seq - 1), digest: name(seq) };
}

type Row = { epoch: string; from: number; to: number; digest?: string };

/** A ledger, a gateway's spool and whatever is on the way between them. */
class Scene {
  rows: Row[] = [];
  lane = new GatewayLane('gateway-1');
  generation = 0;
  floor = 0;
  next = 0;
  inFlight: Arrival[] = [];

  get epoch(): string {
    return epochs[this.generation] as string;
  }

  deliver(batch: Arrival): string {
    const decision = this.lane.batch(batch, now_ms);
    if (decision.kind !== 'accept') return decision.kind;
    for (const loss of decision.losses)
      this.rows.push({ epoch: loss.epoch, from: loss.from_seq, to: loss.to_seq });
    this.rows.push({ epoch: batch.epoch, from: batch.seq, to: batch.seq, digest: batch.digest });
    return 'accept';
  }

  hello(): void {
    this.lane.hello({ epoch: this.epoch, floor_seq: this.floor, next_seq: this.next }, now_ms);
  }

  crash(): void {
    const last = this.rows.at(-1);
    if (!last) {
      this.lane = new GatewayLane('gateway-1');
      return;
    }
    const digests = this.rows
      .filter((row) => row.epoch === last.epoch && row.digest !== undefined)
      .map((row) => [row.from, row.digest as string] as const);
    const head = { epoch: last.epoch, seq: last.to, digest: last.digest ?? '' };
    this.lane = new GatewayLane('gateway-1', new Chain(head, digests));
  }

  /** What a gateway does when nothing else goes wrong: hello, then everything from where the ledger stands. */
  drain(): void {
    this.inFlight = [];
    this.hello();
    const acked = this.lane.acknowledgement(this.lane.head);
    const from = Math.max(this.floor, acked?.epoch === this.epoch ? acked.seq + 1 : 0);
    for (let seq = from; seq < this.next; seq += 1) this.deliver(arrival(this.epoch, seq));
  }
}

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('commit' as const), n: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('send' as const), n: fc.nat(20) }) },
  { weight: 12, arbitrary: fc.record({ do: fc.constant('deliver' as const), n: fc.nat(50) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('repeat' as const), n: fc.nat(50) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('drop' as const), n: fc.nat(50) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('forge' as const), n: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('hello' as const), n: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('evict' as const), n: fc.nat(10) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const), n: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('renew' as const), n: fc.constant(0) }) },
);

function play(scene: Scene, { do: action, n }: { do: string; n: number }): void {
  const pick = () => n % Math.max(1, scene.inFlight.length);
  const batch = scene.inFlight[pick()];
  switch (action) {
    case 'commit':
      for (let i = 0; i < n; i += 1) {
        scene.inFlight.push(arrival(scene.epoch, scene.next));
        scene.next += 1;
      }
      break;
    case 'send':
      if (n >= scene.floor && n < scene.next) scene.inFlight.push(arrival(scene.epoch, n));
      break;
    case 'deliver':
      if (batch) scene.deliver(...(scene.inFlight.splice(pick(), 1) as [Arrival]));
      break;
    case 'repeat':
      if (batch) scene.deliver(batch);
      break;
    case 'drop':
      scene.inFlight.splice(pick(), 1);
      break;
    case 'forge': {
      // A second history that was signed with the same key: only the chain tells it from the true one.
      const known = scene.rows.some((row) => row.epoch === scene.epoch && row.from <= n && n <= row.to);
      const head = scene.lane.head;
      if (known && head?.epoch === scene.epoch) {
        const verdict = scene.deliver(arrival(scene.epoch, n, 'forged'));
        expect(['fork', 'old', 'refused']).toContain(verdict);
      }
      if (head?.epoch === scene.epoch && head.digest !== '')
        expect(scene.deliver(arrival(scene.epoch, head.seq + 1, 'forged'))).toMatch(/fork|refused/);
      break;
    }
    case 'hello':
      scene.hello();
      break;
    case 'evict':
      scene.floor = Math.min(scene.next, scene.floor + n);
      break;
    case 'crash':
      scene.crash();
      break;
    case 'renew':
      if (scene.generation < epochs.length - 1) {
        scene.generation += 1;
        scene.floor = 0;
        scene.next = 0;
      }
      break;
    default:
      throw new Error(action);
  }
}

describe('a lane', () => {
  test('comes to the same ledger whatever is lost, repeated, reordered, forged or restarted on the way', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const scene = new Scene();
        for (const each of steps) play(scene, each);
        if (scene.next === scene.floor) play(scene, { do: 'commit', n: 1 });
        scene.drain();

        const own = scene.rows.filter((row) => row.epoch === scene.epoch);
        expect(own.at(-1)).toEqual({
          epoch: scene.epoch,
          from: scene.next - 1,
          to: scene.next - 1,
          digest: arrival(scene.epoch, scene.next - 1).digest,
        });
        for (const epoch of epochs) {
          const rows = scene.rows.filter((row) => row.epoch === epoch);
          // Every number once, in order, from 0, with the true content or as a loss.
          let expected = 0;
          for (const row of rows) {
            expect(row.from).toBe(expected);
            if (row.digest !== undefined) expect(row.digest).toBe(arrival(epoch, row.from).digest);
            expected = row.to + 1;
          }
        }
        const order = scene.rows.map((row) => row.epoch);
        expect(order).toEqual([...order].sort());
        // Nothing that the gateway still has is given up.
        for (const row of own) if (row.digest === undefined) expect(row.to).toBeLessThan(scene.floor);
      }),
      { numRuns: 2000 },
    );
  });

  test('comes to one ledger digest for every order and repetition of the same deliveries', () => {
    const digestOf = (rows: readonly Row[]) =>
      createHash('sha256').update(JSON.stringify(rows)).digest('hex');
    const count = fc.integer({ min: 1, max: 40 });
    const deliveries = count.chain((n) =>
      fc.tuple(
        fc.constant(n),
        fc.shuffledSubarray(
          Array.from({ length: n }, (_, i) => i),
          { minLength: n },
        ),
        fc.array(fc.nat(n - 1), { maxLength: 2 * n }),
        fc.array(fc.nat(3 * n), { maxLength: 3 }),
      ),
    );
    fc.assert(
      fc.property(deliveries, ([n, order, repeats, crashes]) => {
        const scene = new Scene();
        scene.next = n;
        for (const [at, seq] of [...order, ...repeats].entries()) {
          scene.deliver(arrival(scene.epoch, seq));
          if (crashes.includes(at)) scene.crash();
        }
        scene.drain();
        const inOrder = new Scene();
        inOrder.next = n;
        inOrder.drain();
        expect(digestOf(scene.rows)).toBe(digestOf(inOrder.rows));
      }),
      { numRuns: 500 },
    );
  });

  test('waits at a hole until the batches before are sent again', () => {
    const lane = new GatewayLane('gateway-1');
    const [epoch] = epochs;
    expect(lane.batch(arrival(epoch, 0), now_ms)).toEqual({ kind: 'accept', losses: [] });
    expect(lane.batch(arrival(epoch, 2), now_ms)).toEqual({ kind: 'hole' });
    expect(lane.head?.seq).toBe(0);
    expect(lane.batch(arrival(epoch, 1), now_ms)).toEqual({ kind: 'accept', losses: [] });
    expect(lane.batch(arrival(epoch, 2), now_ms)).toEqual({ kind: 'accept', losses: [] });
    expect(lane.batch(arrival(epoch, 1), now_ms)).toEqual({ kind: 'duplicate' });
  });

  test('takes a floor above what it holds as a loss, only for what is below the floor', () => {
    const lane = new GatewayLane('gateway-1');
    const [epoch] = epochs;
    lane.batch(arrival(epoch, 0), now_ms);
    lane.hello({ epoch, floor_seq: 5, next_seq: 9 }, now_ms);
    expect(lane.batch(arrival(epoch, 7), now_ms)).toEqual({ kind: 'hole' });
    expect(lane.batch(arrival(epoch, 5), now_ms)).toEqual({
      kind: 'accept',
      losses: [{ gateway: 'gateway-1', epoch, from_seq: 1, to_seq: 4, reason: 'not_retained' }],
    });
    expect(lane.batch(arrival(epoch, 3), now_ms)).toEqual({ kind: 'old' });
  });

  test('records what an ended epoch had offered and never delivered, and refuses that epoch from then on', () => {
    const lane = new GatewayLane('gateway-1');
    const [older, newer] = epochs;
    lane.batch(arrival(older, 0), now_ms);
    lane.hello({ epoch: older, floor_seq: 0, next_seq: 3 }, now_ms);
    lane.hello({ epoch: newer, floor_seq: 0, next_seq: 1 }, now_ms);
    expect(lane.acknowledgement({ epoch: older, seq: 0, digest: 'x' })).toEqual({
      epoch: newer,
      seq: -1,
      digest: '',
    });
    expect(lane.batch(arrival(older, 1), now_ms)).toEqual({ kind: 'refused', reason: 'older_epoch' });
    expect(lane.batch(arrival(newer, 0), now_ms)).toEqual({
      kind: 'accept',
      losses: [{ gateway: 'gateway-1', epoch: older, from_seq: 1, to_seq: 2, reason: 'epoch_ended' }],
    });
  });

  test('believes of an epoch only what was said of that epoch', () => {
    const lane = new GatewayLane('gateway-1');
    const [first, second, third] = epochs;
    lane.batch(arrival(first, 0), now_ms);
    lane.hello({ epoch: first, floor_seq: 5, next_seq: 50 }, now_ms);
    lane.hello({ epoch: second, floor_seq: 0, next_seq: 8 }, now_ms);
    // The floor was the first epoch's: the second one still has everything.
    expect(lane.batch(arrival(second, 5), now_ms)).toEqual({ kind: 'hole' });
    lane.batch(arrival(second, 0), now_ms);
    expect(lane.batch(arrival(third, 0), now_ms)).toEqual({
      kind: 'accept',
      losses: [{ gateway: 'gateway-1', epoch: second, from_seq: 1, to_seq: 7, reason: 'epoch_ended' }],
    });
  });

  test('refuses an epoch from the future, which would shut out all that follow', () => {
    const lane = new GatewayLane('gateway-1');
    const ahead = '019100000000-00000000';
    expect(lane.hello({ epoch: ahead, floor_seq: 0, next_seq: 1 }, now_ms)).toEqual({
      kind: 'refused',
      reason: 'epoch_ahead',
    });
    expect(lane.batch(arrival(epochs[0], 0), now_ms).kind).toBe('accept');
  });

  test('remembers a bounded number of digests and sends the rest to the ledger', () => {
    const lane = new GatewayLane('gateway-1');
    for (let seq = 0; seq < 5000; seq += 1) lane.batch(arrival(epochs[0], seq), now_ms);
    expect(lane.batch(arrival(epochs[0], 4999 - 4095), now_ms)).toEqual({ kind: 'duplicate' });
    expect(lane.batch(arrival(epochs[0], 4999 - 4096), now_ms)).toEqual({ kind: 'old' });
    expect(lane.batch(arrival(epochs[0], 4990, 'forged'), now_ms)).toEqual({ kind: 'fork' });
  });
});
