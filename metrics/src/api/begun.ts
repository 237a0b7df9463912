/**
 * The same items, once the first of them is there: what cannot be answered at all is then a problem, not an answer
 * that breaks off. Undefined when there are none.
 * @throws what making the first of them throws.
 */
export async function begun<T>(items: AsyncGenerator<T> | undefined): Promise<AsyncIterable<T> | undefined> {
  const first = await items?.next();
  if (!items || !first || first.done) return undefined;
  const { value } = first;
  return (async function* () {
    yield value;
    yield* items;
  })();
}
