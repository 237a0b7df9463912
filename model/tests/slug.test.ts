import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Slug } from '../src/slug.ts';

it.each(['a', '1', 'mill-1', 'x'.repeat(63), '0-'])('takes %j', (text) => {
  expect(Slug.safeParse(text).success).toBe(true);
});

it.each(['', '-a', 'Mill', 'mill_1', 'mill 1', 'mill/1', 'a\n', '铣床', 'x'.repeat(64), '..'])(
  'refuses %j',
  (text) => {
    expect(Slug.safeParse(text).success).toBe(false);
  },
);

it('needs no quoting in a topic, a file name, a URL or a line of text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 70 }), (text) => {
      if (Slug.safeParse(text).success) expect(encodeURIComponent(text)).toBe(text);
    }),
  );
});
