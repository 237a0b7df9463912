import type { DuckDBValue } from '@duckdb/node-api';
import type { Interval } from '../intervals.ts';
import type { StoreWrite } from '../port.ts';

type Claim = StoreWrite['observed'][number];

/** Where sources watched, as writes claimed it; a claim that goes on where the one before it ended is one with it. */
export class Claims {
  readonly #machines = new Map<string, Map<string, Interval[]>>();

  add({ machine, source, from_ns, until_ns }: Claim): void {
    const sources = this.#machines.get(machine) ?? new Map<string, Interval[]>();
    this.#machines.set(machine, sources);
    const intervals = sources.get(source) ?? [];
    sources.set(source, intervals);
    const last = intervals.at(-1);
    if (last && from_ns === last.to_ns && until_ns > from_ns) last.to_ns = until_ns;
    else intervals.push({ from_ns, to_ns: until_ns });
  }

  /** Of one source, or of any. */
  of({ machine, source }: { machine: string; source?: string | undefined }): Interval[] {
    const sources = this.#machines.get(machine);
    if (source !== undefined) return (sources?.get(source) ?? []).map((interval) => ({ ...interval }));
    return [...(sources?.values() ?? [])].flatMap((list) => list.map((interval) => ({ ...interval })));
  }

  /** As rows of the table `observed`. */
  rows(): DuckDBValue[][] {
    return [...this.#machines].flatMap(([machine, sources]) =>
      [...sources].flatMap(([source, intervals]) =>
        intervals.map(({ from_ns, to_ns }) => [machine, source, from_ns, to_ns]),
      ),
    );
  }
}
