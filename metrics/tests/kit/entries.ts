import { canonicalStates, type Entry, type Statement } from '@benchline/model';
import fc from 'fast-check';
import { horizon, instant } from './facts.ts';

/** An entry about the mill of the tests' plant. */
export function entry(statement: Statement, part: Partial<Entry> = {}): Entry {
  return {
    id: '00000000-0000-4000-8000-000000000001',
    author: 'anna',
    entered_ns: 0n,
    reason: 'seen',
    subject: 'mill',
    from_ns: 0n,
    statement,
    ...part,
  };
}

const items = fc.integer({ min: 1, max: 9 });
const code = fc.constantFrom('tool-change', 'no-material');
const quality = fc.constantFrom('good', 'scrap', 'rework');
const signal = fc.constantFrom('good', 'scrap', 'energy-import');
const reading = fc.integer({ min: 0, max: 20 });

const anyStatement: fc.Arbitrary<Statement> = fc.oneof(
  fc.record({
    kind: fc.constant('order'),
    order: fc.constantFrom('o1', 'o2', 'o3'),
    product: fc.constantFrom('part', 'shaft', 'gone'),
  }),
  fc.record({ kind: fc.constant('order_end') }),
  fc.record({ kind: fc.constant('stop_reason'), reason_code: code }),
  fc.record(
    { kind: fc.constant('state'), state: fc.constantFrom(...canonicalStates), reason_code: code },
    { requiredKeys: ['kind', 'state'] },
  ),
  fc.record({ kind: fc.constant('count_correction'), good: fc.integer({ min: -5, max: 5 }), scrap: items }),
  fc.record({ kind: fc.constant('reclassify'), from: quality, to: quality, items }),
  fc.record({ kind: fc.constant('register_exchange'), signal, last: reading, first: reading }),
  fc.record({ kind: fc.constant('register_reading'), signal, value: reading }),
);

const stretches = new Set<Statement['kind']>(['stop_reason', 'state']);

/** Entries of all kinds that change accounts, some of them superseded, in no order. */
export const anyEntries: fc.Arbitrary<Entry[]> = fc
  .array(
    fc.record({
      statement: anyStatement,
      from_ns: instant,
      length: fc.bigInt({ min: 1n, max: horizon }),
      ends: fc.boolean(),
      entered_ns: fc.bigInt({ min: 0n, max: 5n }),
      supersedes: fc.option(fc.nat({ max: 7 }), { freq: 4 }),
    }),
    { maxLength: 8 },
  )
  .map((list) =>
    list.map(({ statement, from_ns, length, ends, entered_ns, supersedes }, i) =>
      entry(statement, {
        id: idOf(i),
        from_ns,
        entered_ns,
        ...((stretches.has(statement.kind) || (ends && statement.kind === 'order')) && {
          to_ns: from_ns + length,
        }),
        ...(supersedes !== null && supersedes !== i && { supersedes: idOf(supersedes) }),
      }),
    ),
  );

function idOf(i: number): string {
  return `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`;
}
