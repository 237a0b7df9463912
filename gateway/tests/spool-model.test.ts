import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { machines, SpoolStory } from './support/spool-story.ts';
import { drained, emptied, ended, flipped, type Step, said, torn } from './support/story-steps.ts';

const share = fc.double({ min: 0, max: 1, noNaN: true });

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.constantFrom(...machines), fc.integer({ min: 1, max: 6 })).map((a) => said(...a)),
  },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 12 }).map(drained) },
  { weight: 2, arbitrary: fc.constantFrom<'kill' | 'stop'>('kill', 'stop').map(ended) },
  { weight: 1, arbitrary: share.map(torn) },
  { weight: 1, arbitrary: fc.tuple(share, share).map((a) => flipped(...a)) },
  { weight: 1, arbitrary: share.map(emptied) },
);

/** Stories that once left a stretch undeclared. */
const regressions: [Step[]][] = [
  // A declaration was destroyed before a ledger had it and after the ledger was past what it speaks of.
  [[said('mill-1', 1), emptied(0), said('mill-1', 2), torn(0), emptied(0), drained(1), torn(0), drained(0)]],
  // What only the state file knew of a declaration went with it.
  [[torn(0), flipped(0, 0), flipped(0.99, 0), flipped(0.7, 0), emptied(0)]],
  // A number was given away twice, and the batch by which that could be told did not read back either.
  [[drained(4), flipped(0, 0.7541353383458647), emptied(0), drained(0)]],
];

it('stores or declares all it was given, once, whatever happens to it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
      const story = await SpoolStory.begin({ max_bytes: 20_000 });
      try {
        for (const { does } of steps) await does(story);
        await story.drain(Number.POSITIVE_INFINITY);
        for (const machine of machines) expect(story.unaccounted(machine)).toEqual([]);
      } finally {
        await story.end();
      }
    }),
    { numRuns: 60, examples: regressions },
  );
}, 120_000);
