import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Backlog } from '../src/mqtt/backlog.ts';

function message(seq: number) {
  return { seq, ts: seq * 1000, tags: { 'good-items': seq } };
}

function filled(count: number): Backlog {
  const backlog = new Backlog();
  for (let seq = 0; seq < count; seq++) backlog.add(message(seq));
  backlog.release();
  return backlog;
}

const seqs = (messages: readonly { seq: number }[]) => messages.map(({ seq }) => seq);

test('the oldest message is sent alone until somebody confirms something', () => {
  const backlog = filled(4);
  expect(seqs(backlog.take(0))).toEqual([0]);
  expect(seqs(backlog.take(500))).toEqual([]);
  expect(seqs(backlog.take(1000))).toEqual([0]);
  backlog.confirm(0, 1010);
  expect(seqs(backlog.take(1010))).toEqual([1, 2, 3]);
});

test('what waits for confirmation holds back what comes later', () => {
  const backlog = filled(2);
  backlog.take(0);
  backlog.confirm(0, 10);
  expect(seqs(backlog.take(10))).toEqual([1]);
  backlog.add(message(2));
  backlog.release();
  expect(seqs(backlog.take(400))).toEqual([]);
  backlog.confirm(1, 410);
  expect(seqs(backlog.take(410))).toEqual([2]);
});

test('after two seconds without progress, or on a new connection, everything unconfirmed is sent again in order', () => {
  const backlog = filled(5);
  backlog.take(0);
  backlog.confirm(1, 10);
  expect(seqs(backlog.take(10))).toEqual([2, 3, 4]);
  expect(seqs(backlog.take(2500))).toEqual([2]);
  backlog.confirm(2, 2600);
  expect(seqs(backlog.take(2600))).toEqual([3, 4]);
  backlog.restart();
  expect(seqs(backlog.take(2610))).toEqual([3]);
  backlog.confirm(3, 2620);
  expect(seqs(backlog.take(2620))).toEqual([4]);
});

test('what is not on record yet is not sent', () => {
  const backlog = filled(1);
  backlog.take(0);
  backlog.confirm(0, 1);
  backlog.add(message(1));
  expect(backlog.take(2)).toEqual([]);
  backlog.release();
  expect(seqs(backlog.take(3))).toEqual([1]);
});

test('a receiver that takes only the next number ends up with everything, whatever is lost on the way', () => {
  const step = fc.record({
    lose: fc.boolean(),
    ack: fc.boolean(),
    reconnect: fc.boolean(),
    wait: fc.nat(2500),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const backlog = filled(40);
      let now = 0;
      let next = 0;
      const turn = ({
        lose,
        ack,
        reconnect,
        wait,
      }: {
        lose: boolean;
        ack: boolean;
        reconnect: boolean;
        wait: number;
      }) => {
        now += wait;
        if (reconnect) backlog.restart();
        for (const { seq } of backlog.take(now)) if (!lose && seq === next) next += 1;
        if (ack && next > 0) backlog.confirm(next - 1, now);
      };
      for (const each of steps) turn(each);
      for (let i = 0; i < 10; i++) turn({ lose: false, ack: true, reconnect: false, wait: 2100 });
      expect(next).toBe(40);
      expect(backlog.messages).toEqual([]);
    }),
  );
});
