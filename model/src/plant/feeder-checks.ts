import type { Problem } from '../config/problem.ts';
import type { Spot } from './draft.ts';
import { namesIn, unknownNames } from './unknown.ts';

/** Meters form a tree for each carrier: nothing is behind two feeders, nothing behind itself. */
export function feederProblems(energy: Spot, known: readonly string[]): Problem[] {
  const feeders = energy.items('feeders');
  return [
    ...unknownNames(
      'machine, meter or virtual meter',
      [...feeders.map((feeder) => feeder.get('meter')), ...namesIn(feeders, 'feeds')],
      known,
    ),
    ...fedTwice(feeders),
    ...loops(feeders),
  ];
}

function fedTwice(feeders: readonly Spot[]): Problem[] {
  const first = new Map<string, string>();
  return feeders.flatMap((feeder) =>
    feeder.items('feeds').flatMap((fed): Problem[] => {
      const key = `${carrierOf(feeder)}/${fed.text()}`;
      const earlier = first.get(key);
      first.set(key, earlier ?? feeder.text('meter') ?? '');
      if (earlier === undefined) return [];
      return [
        problem(
          fed,
          `'${fed.text()}' is behind '${earlier}' already`,
          'name it behind the nearest feeder only',
        ),
      ];
    }),
  );
}

function loops(feeders: readonly Spot[]): Problem[] {
  const behind = new Map<string, string[]>();
  for (const feeder of feeders) {
    const key = `${carrierOf(feeder)}/${feeder.text('meter')}`;
    const fed = feeder.items('feeds').map((spot) => `${carrierOf(feeder)}/${spot.text()}`);
    behind.set(key, [...(behind.get(key) ?? []), ...fed]);
  }
  return feeders.flatMap((feeder): Problem[] => {
    const start = `${carrierOf(feeder)}/${feeder.text('meter')}`;
    const reached = new Set(behind.get(start));
    for (const meter of reached) for (const next of behind.get(meter) ?? []) reached.add(next);
    if (!reached.has(start)) return [];
    return [
      problem(feeder.get('feeds'), `'${feeder.text('meter')}' is behind itself`, 'take one of the loop out'),
    ];
  });
}

function carrierOf(feeder: Spot): string {
  return feeder.text('carrier') ?? 'electricity';
}

function problem(spot: Spot, what: string, todo: string): Problem {
  return { path: spot.path, at: 'value', what, todo };
}
