import type { Batch, Observation } from '@benchline/model';
import type { Bound } from './bounds.ts';
import { type Around, declareDamage } from './damage.ts';
import type { Declarations } from './declarations.ts';
import type { BatchDraft } from './port.ts';
import type { Hole } from './reader.ts';
import { isAfter } from './sources.ts';
import { keyOf, lossOf, type Stretch, stretchOf } from './stretch.ts';

const chunkBytes = 1024 * 1024;

/** Unacknowledged batches that are gone, by what took them. */
export type Losses = Record<Bound | 'damaged', number>;

/** Counts what is lost, and keeps the declarations until they are committed. */
export class Evictions {
  /** Drafts still to be committed. */
  owed: BatchDraft[] = [];
  readonly losses: Losses;
  declarations: Declarations;
  /** Batches below this position have been counted and declared. */
  #declaredBelow: number;
  readonly #holes = new Set<number>();
  /** A ledger said that it has less than before, which nobody but the broker may have remembered. */
  #fellBack = false;

  constructor(losses: Losses, declaredBelow: number, declarations: Declarations) {
    this.declarations = declarations;
    this.losses = { ...losses };
    this.#declaredBelow = declaredBelow;
  }

  /** Batches that had to make room. */
  get evicted(): number {
    const { bytes, age, disk } = this.losses;
    return bytes + age + disk;
  }

  get declaredBelow(): number {
    return this.#declaredBelow;
  }

  /** Notes what the deletion of a journal's oldest segment loses, given what is acknowledged. */
  async declareOldest(around: Around & { end: number }, acked: number, bound: Bound): Promise<void> {
    const { end, reader, journal } = around;
    const first = Math.max(journal.floor, acked + 1, this.#declaredBelow);
    if (first >= end) return;
    const lost: Batch[] = [];
    for (let at = first; at < end; ) {
      const { records, holes, next } = await reader.read(at, chunkBytes);
      lost.push(...records.map(({ batch }) => batch.content).filter(({ seq }) => seq < end));
      for (const { from, to } of holes)
        if (from < end) await this.declareHole({ from, to: Math.min(to, end) }, around);
      at = next;
    }
    this.owed.push(...evictedDrafts(lost));
    // Declarations among them are part of what was just declared.
    this.declarations.takeBack(first, end, around.states);
    this.losses[bound] += lost.length;
    this.#declaredBelow = end;
  }

  /** Notes batches that do not read back, once. */
  async declareHole(hole: Hole, around: Around): Promise<void> {
    if (this.#holes.has(hole.from)) return;
    const damage = await declareDamage(hole, around);
    this.owed.push(...damage, ...this.declarations.takeBack(hole.from, hole.to, around.states));
    this.#holes.add(hole.from);
    this.losses.damaged += hole.to - hole.from;
  }

  /** Takes note of how far a ledger says that it is. */
  acknowledged(before: number, now: number): void {
    if (now < before) this.#fellBack = true;
  }

  /** What it says is so: a ledger that fell back has lost what this spool may not have either. */
  settle(acked: number, around: Around): void {
    if (!this.#fellBack) return;
    this.#fellBack = false;
    this.owed.push(...this.declarations.release(acked, around.states), ...givenUp(acked, around));
  }

  /** Everything owed went into a new epoch, where positions begin anew. */
  renewed(damaged: number, declarations: Declarations): void {
    this.declarations = declarations;
    this.losses.damaged += damaged;
    this.owed = [];
    this.#declaredBelow = 0;
    this.#holes.clear();
  }
}

/**
 * What made room because a ledger had it that has only batches up to `acked` now: of each source everything from the
 * nearest known place before those that are missing to where its oldest batch goes on. Of a ledger that has nothing
 * everything from the spool's beginning, which also is what was not taken along into this epoch.
 */
function givenUp(acked: number, { marks, journal, states, since_ns }: Around): BatchDraft[] {
  if (acked >= 0 && acked + 1 >= journal.floor) return [];
  const from = acked < 0 ? undefined : marks.before(acked + 1)?.until;
  const to = marks.before(journal.floor)?.until;
  return states.all().flatMap(({ machine, source }) => {
    const key = keyOf({ machine, source });
    const [from_ns, to_ns] = [from?.get(key) ?? since_ns, to?.get(key)];
    if (to_ns === undefined || to_ns <= from_ns) return [];
    return [states.lossOf({ machine, source }, { from_ns, to_ns }, 'evicted')];
  });
}

interface Lost {
  batch: Batch;
  stretch: Stretch;
  /** The newest of each signal. */
  words: Map<string, Observation>;
}

/** For each machine and source one draft with a gap over everything that the batches said something of. */
function evictedDrafts(batches: readonly Batch[]): BatchDraft[] {
  const lost = new Map<string, Lost>();
  for (const batch of batches) {
    const stretch = stretchOf(batch);
    if (!stretch) continue;
    const { stretch: before, words } = lost.get(keyOf(batch)) ?? {
      stretch,
      words: new Map<string, Observation>(),
    };
    for (const observation of batch.observations) {
      const word = words.get(observation.signal);
      if (!word || isAfter(observation, word)) words.set(observation.signal, observation);
    }
    lost.set(keyOf(batch), {
      batch,
      stretch: {
        from_ns: before.from_ns < stretch.from_ns ? before.from_ns : stretch.from_ns,
        to_ns: before.to_ns > stretch.to_ns ? before.to_ns : stretch.to_ns,
      },
      words,
    });
  }
  // Where nearly everything is somebody's last word, keeping all of it would make no room.
  let room = batches.reduce((sum, { observations }) => sum + observations.length, 0) / 2;
  return [...lost.values()].map(({ batch, stretch, words }) => {
    const kept = words.size <= room ? [...words.values()] : [];
    room -= kept.length;
    return lossOf(batch, stretch, 'evicted', kept);
  });
}
