import { Random } from '@benchline/simulators';
import type { FaultKind, Parameters } from './fault.ts';

/** One fault of a story. */
export interface PlannedFault {
  kind: string;
  parameters: Parameters;
  /** Seconds after its group has begun. */
  at_s: number;
}

/** Faults that overlap, or one alone; afterwards the system settles. */
export interface FaultGroup {
  faults: PlannedFault[];
  /** Seconds of calm before it. */
  calm_s: number;
}

const overlapChance = 0.3;
const mostAtOnce = 3;
const calm_s = { least: 0.5, most: 4 };

/**
 * The story that a seed tells of some kinds: which faults, in which order and company, with which parameters. Every
 * kind comes once before any comes again, so that as many faults as there are kinds cover them all.
 */
export function planFaults(seed: string, count: number, kinds: ReadonlyMap<string, FaultKind>): FaultGroup[] {
  const random = new Random(`faults/${seed}`);
  const queue = namesInTurns(random, count, kinds).map((name) => drawn(random, name, kinds));
  const groups: FaultGroup[] = [];
  for (let first = queue.shift(); first; first = queue.shift()) {
    const group = [first];
    while (group.length < mostAtOnce && random.chance(overlapChance)) {
      const fits = queue.findIndex((other) => group.every((one) => !clash(one, other)));
      if (fits < 0) break;
      group.push(...queue.splice(fits, 1));
    }
    groups.push({
      calm_s: rounded(random.between(calm_s.least, calm_s.most)),
      faults: placed(random, group),
    });
  }
  return groups;
}

interface Drawn {
  kind: string;
  parameters: Parameters;
  lasts_s: number;
  touches: ReadonlySet<string>;
}

function namesInTurns(random: Random, count: number, kinds: ReadonlyMap<string, FaultKind>): string[] {
  const names = shuffled(random, [...kinds.keys()]);
  const total = [...kinds.values()].reduce((sum, { weight = 1 }) => sum + weight, 0);
  while (kinds.size > 0 && names.length < count) {
    let at = random.between(0, total);
    const chosen = [...kinds].find(([, { weight = 1 }]) => (at -= weight) < 0);
    if (chosen) names.push(chosen[0]);
  }
  return names.slice(0, count);
}

function drawn(random: Random, name: string, kinds: ReadonlyMap<string, FaultKind>): Drawn {
  const kind = kinds.get(name);
  if (!kind) throw new Error(`there is no kind '${name}'`);
  const parameters = kind.draw(random);
  return {
    kind: name,
    parameters,
    lasts_s: kind.lasts_s(parameters),
    touches: new Set(kind.touches(parameters)),
  };
}

function clash(one: Drawn, other: Drawn): boolean {
  return (
    one.touches.has('everything') ||
    other.touches.has('everything') ||
    [...one.touches].some((thing) => other.touches.has(thing))
  );
}

/** Later ones begin while the first still lasts. */
function placed(random: Random, group: readonly Drawn[]): PlannedFault[] {
  const [first] = group;
  return group.map(({ kind, parameters }, i) => ({
    kind,
    parameters,
    at_s: i === 0 ? 0 : rounded(random.between(0, first?.lasts_s ?? 0)),
  }));
}

function shuffled<T>(random: Random, items: readonly T[]): T[] {
  const list = [...items];
  for (let i = list.length - 1; i > 0; i--) {
    const j = random.whole(0, i);
    [list[i], list[j]] = [list[j] as T, list[i] as T];
  }
  return list;
}

function rounded(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}
