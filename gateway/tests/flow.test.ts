import { expect, test } from 'vitest';
import { Flow } from '../src/publisher/flow.ts';

/** A flow whose way took 100 ms so far, with batches up to `sent` on their way since `now_ms`. */
function underway(sent: number): { flow: Flow; now_ms: number } {
  const flow = new Flow(-1, { window: 1000, stall_ms: 1000 });
  let now_ms = 0;
  for (let seq = 0; seq < 40; seq += 1) {
    flow.sent(seq, 1000, now_ms);
    flow.acknowledged(seq, (now_ms += 100));
  }
  while (flow.cursor <= sent) flow.sent(flow.cursor, 1000, now_ms);
  return { flow, now_ms };
}

test('of a ledger that is late one batch is sent again; what it had narrows no window', () => {
  const { flow, now_ms } = underway(99);
  const { window } = flow;
  const late_ms = now_ms + (flow.untilRetry(now_ms) ?? 0);
  expect(flow.retry(late_ms)).toBe(40);
  expect(flow.cursor).toBe(100);
  expect(flow.acknowledged(80, late_ms + 300)).toBe('forward');
  expect(flow.cursor).toBe(100);
  expect(flow.window).toBeGreaterThan(window);
});

test('where the ledger had nothing behind that one either, all of it is sent again, through half the window', () => {
  const { flow, now_ms } = underway(99);
  expect(flow.retry(now_ms + 400)).toBe(40);
  expect(flow.acknowledged(40, now_ms + 500)).toBe('lost');
  expect(flow.cursor).toBe(41);
  expect(flow.window).toBeLessThanOrEqual(30);
});

test('and also when it says nothing to that', () => {
  const { flow, now_ms } = underway(99);
  expect(flow.retry(now_ms + 400)).toBe(40);
  expect(flow.retry(now_ms + 900)).toBeUndefined();
  expect(flow.cursor).toBe(40);
  expect(flow.window).toBe(30);
});

test('after a stall the window is what it was when everything had arrived, and half of it when not', () => {
  for (const [acked, kept] of [
    [99, true],
    [98, false],
  ] as const) {
    const { flow, now_ms } = underway(99);
    const { window } = flow;
    flow.stalled(now_ms + 1000);
    expect(flow.acknowledged(acked, now_ms + 1500)).toBe('forward');
    expect(flow.cursor).toBe(acked + 1);
    expect(flow.window >= window).toBe(kept);
  }
});
