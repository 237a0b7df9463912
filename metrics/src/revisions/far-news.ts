import type { Nanoseconds } from '@benchline/model';
import type { SaidUntil } from '../figures/takeover.ts';
import type { Evidence } from './evidence.ts';

/** News whose effect may go on for longer than is taken for granted. */
export interface Far extends SaidUntil {
  machine: string;
  /** From here on it is not yet known which periods are touched. */
  from_ns: Nanoseconds;
  evidence: Extract<Evidence, { kind: 'late_data' }>;
}

/** Late news, those of each source as one, until somebody has found out how far they reach. */
export class FarNews {
  readonly #waiting = new Map<string, Far>();
  #settling = 0;

  get pending(): boolean {
    return this.#waiting.size > 0 || this.#settling > 0;
  }

  add(far: Far): void {
    const { machine, source, gateway } = far.evidence;
    const key = `${machine} ${source} ${gateway}`;
    const before = this.#waiting.get(key);
    this.#waiting.set(key, before ? joined(before, far) : far);
  }

  /** @param work what fails is tried again the next time. */
  async settle(work: (far: Far) => Promise<void>): Promise<void> {
    for (const [key, far] of this.#waiting) {
      this.#waiting.delete(key);
      this.#settling += 1;
      try {
        await work(far);
      } catch (error) {
        this.add(far);
        throw error;
      } finally {
        this.#settling -= 1;
      }
    }
  }

  clear(): void {
    this.#waiting.clear();
  }
}

/** What lies between the two is covered as well: a stretch, from the first of both to where the last is taken over. */
function joined(a: Far, b: Far): Far {
  const [from, to] = [a.evidence, b.evidence];
  return {
    machine: a.machine,
    from_ns: a.from_ns < b.from_ns ? a.from_ns : b.from_ns,
    at_ns: a.at_ns > b.at_ns ? a.at_ns : b.at_ns,
    signals: new Set([...a.signals, ...b.signals]),
    evidence: {
      ...from,
      from_offset: Math.min(from.from_offset, to.from_offset),
      to_offset: Math.max(from.to_offset, to.to_offset),
    },
  };
}
