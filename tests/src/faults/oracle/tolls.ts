import type { Cost, Toll } from '../fault.ts';

/** A stretch of source time, ns since 1970. */
export interface Stretch {
  from_ns: bigint;
  to_ns: bigint;
}

interface Allowance extends Stretch, Pick<Toll, 'as' | 'machines' | 'reason'> {}

/** What the faults of a campaign may cost, and when. */
export class Tolls {
  readonly #allowances: Allowance[] = [];

  /** Takes note of what a fault may cost that was done between two instants, ms since 1970. */
  allow(cost: Cost, from_ms: number, to_ms: number): void {
    if (cost === 'nothing') return;
    for (const { before_s, after_s, ...toll } of cost)
      this.#allowances.push({
        ...toll,
        from_ns: BigInt(Math.floor(from_ms - before_s * 1000)) * 1_000_000n,
        to_ns: BigInt(Math.ceil(to_ms + after_s * 1000)) * 1_000_000n,
      });
  }

  /** Whether an observation of this machine and source time may have been lost so, for the reason given. */
  covers(as: Toll['as'], machine: string, time_ns: bigint, given?: string): boolean {
    return this.#of(as, machine).some(
      ({ from_ns, to_ns, reason }) => (reason ?? given) === given && from_ns <= time_ns && time_ns <= to_ns,
    );
  }

  /** Nanoseconds of a stretch that no allowance of this machine covers. */
  uncovered_ns(machine: string, stretch: Stretch): bigint {
    let rest: Stretch[] = [stretch];
    for (const { from_ns, to_ns, reason } of this.#of('gap', machine)) {
      // Nobody knows here why nobody watched.
      if (reason !== undefined) continue;
      rest = rest.flatMap((piece) =>
        [
          { from_ns: piece.from_ns, to_ns: from_ns < piece.to_ns ? from_ns : piece.to_ns },
          { from_ns: to_ns > piece.from_ns ? to_ns : piece.from_ns, to_ns: piece.to_ns },
        ].filter((left) => left.from_ns < left.to_ns),
      );
    }
    return rest.reduce((sum, piece) => sum + piece.to_ns - piece.from_ns, 0n);
  }

  #of(as: Toll['as'], machine: string): Allowance[] {
    return this.#allowances.filter(
      (allowance) =>
        allowance.as === as && (allowance.machines === 'all' || allowance.machines.includes(machine)),
    );
  }
}
