import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advance, type Look, stateOf, type Watched } from '../../src/health/stage.ts';

const patience_ms = 20_000;
const stage = 'acknowledgement' as const;

function after(looks: readonly Omit<Look, 'stage'>[], elapsed_ms = 1000): Watched {
  let watched: Watched | undefined;
  for (const look of looks) watched = advance(watched, { stage, ...look }, elapsed_ms);
  if (!watched) throw new Error('no look');
  return watched;
}

const state = (looks: readonly Omit<Look, 'stage'>[]) => stateOf(after(looks), patience_ms);
const seconds = (count: number, look: Omit<Look, 'stage'>) => Array.from({ length: count }, () => look);

describe('a stage that is or is not', () => {
  it('works while it is well, and waits as soon as it is not', () => {
    expect(state([{ ok: true }])).toBe('working');
    expect(state([{ ok: true }, { ok: false }])).toBe('waiting');
    expect(state([{ ok: false }])).toBe('waiting');
  });

  it('is stalled after its patience, and works again at once', () => {
    expect(state(seconds(20, { ok: false }))).toBe('waiting');
    expect(state(seconds(21, { ok: false }))).toBe('stalled');
    expect(state([...seconds(60, { ok: false }), { ok: true }])).toBe('working');
    expect(state([...seconds(60, { ok: false }), { ok: true }, { ok: false }])).toBe('waiting');
  });

  it('may have less patience than the service, never more', () => {
    expect(state([{ ok: false, patience_ms: 0 }])).toBe('stalled');
    expect(state(seconds(21, { ok: false, patience_ms: 3_600_000 }))).toBe('stalled');
  });

  it('says when what it has done is old', () => {
    expect(state([{ ok: true, behind: true }])).toBe('behind');
    expect(state(seconds(30, { ok: false, behind: true }))).toBe('stalled');
  });
});

describe('a stage that is seldom done', () => {
  const moving = Array.from({ length: 100 }, (_, i) => ({ ok: false, progress: i }));

  it('works as long as it moves', () => {
    expect(state(moving)).toBe('working');
    expect(state([...moving, ...seconds(2, { ok: false, progress: 99 })])).toBe('waiting');
    expect(state([...moving, ...seconds(20, { ok: false, progress: 99 })])).toBe('stalled');
  });

  it('may think for a moment about what has just come', () => {
    expect(state([{ ok: true, progress: 7 }, ...seconds(2, { ok: false, progress: 7 })])).toBe('working');
    expect(state([{ ok: true, progress: 7 }, ...seconds(3, { ok: false, progress: 7 })])).toBe('waiting');
  });

  it('had nothing to do while it was idle', () => {
    expect(state([...seconds(60, { ok: true, progress: 7 }), { ok: false, progress: 7 }])).toBe('working');
  });
});

it('is stalled exactly when the unbroken time without work reaches the patience', () => {
  const look = fc.record({
    ok: fc.boolean(),
    progress: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
    elapsed_ms: fc.integer({ min: 0, max: 3000 }),
  });
  fc.assert(
    fc.property(fc.array(look, { minLength: 1, maxLength: 60 }), (looks) => {
      let watched: Watched | undefined;
      let idle_ms: number | undefined;
      let before: (typeof looks)[number] | undefined;
      for (const each of looks) {
        const { ok, progress, elapsed_ms } = each;
        watched = advance(
          watched,
          { stage, ok, ...(progress === undefined ? {} : { progress }) },
          elapsed_ms,
        );
        const moved = before !== undefined && progress !== undefined && progress !== before.progress;
        if (ok || moved) idle_ms = undefined;
        else if (idle_ms !== undefined) idle_ms += elapsed_ms;
        else idle_ms = before && !before.ok ? elapsed_ms : 0;
        before = each;
      }
      if (!watched) return;
      expect(stateOf(watched, patience_ms) === 'stalled').toBe(
        idle_ms !== undefined && idle_ms >= patience_ms,
      );
    }),
  );
});
