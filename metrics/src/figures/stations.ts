import type { Asset, Process } from '@benchline/model';
import { mergeAccounts } from '../accounts/account.ts';
import { type Interval, union } from '../intervals.ts';
import type { AssetAccount } from '../kpis/scope-account.ts';
import type { Scope } from './scopes.ts';

/** A station of a process with what it did. */
export interface Station extends AssetAccount {
  asset: Asset;
}

/** What the stations of a scope's processes did over any parts of time, each over all of its stays there. */
export class Stations {
  readonly #scope: Scope;
  readonly #accountOf: (asset: Asset, parts: readonly Interval[]) => Promise<AssetAccount>;
  /** The same parts give the same station, so that one of several chains counts once. */
  readonly #known = new Map<string, Promise<Station | undefined>>();

  /** @param accountOf rejects with `store_unavailable`. */
  constructor(scope: Scope, accountOf: (asset: Asset, parts: readonly Interval[]) => Promise<AssetAccount>) {
    this.#scope = scope;
    this.#accountOf = accountOf;
  }

  /** Those of some machines that stand or stood in the scope. @throws BenchlineError `store_unavailable`. */
  async of(machines: readonly string[], parts: readonly Interval[]): Promise<Station[]> {
    const all = await Promise.all(machines.map((id) => this.#of(id, parts)));
    return all.flatMap((station) => station ?? []);
  }

  /** The stations of several chains, each over the time of all that it belongs to. @throws BenchlineError `store_unavailable`. */
  async together(
    chains: readonly { processes: readonly Process[]; parts: readonly Interval[] }[],
  ): Promise<Station[]> {
    const uses = chains.flatMap(({ processes, parts }) =>
      processes.flatMap(({ machines }) => machines.map((id) => ({ id, parts }))),
    );
    const stations = [...Map.groupBy(uses, ({ id }) => id)].map(async ([id, own]) => {
      return await this.of([id], union(own.flatMap(({ parts }) => parts)));
    });
    return (await Promise.all(stations)).flat();
  }

  #of(id: string, parts: readonly Interval[]): Promise<Station | undefined> {
    const key = `${id} ${parts.map(({ from_ns, to_ns }) => `${from_ns}:${to_ns}`).join(' ')}`;
    const known = this.#known.get(key) ?? this.#read(id, parts);
    this.#known.set(key, known);
    return known;
  }

  async #read(id: string, parts: readonly Interval[]): Promise<Station | undefined> {
    const own = this.#scope.lines.flatMap(({ machines }) => machines.filter((machine) => machine.id === id));
    const stays = await Promise.all(
      own.map(async (asset): Promise<Station> => ({ asset, ...(await this.#accountOf(asset, parts)) })),
    );
    return stays.reduce<Station | undefined>(
      (all, stay) => ({ ...stay, account: all ? mergeAccounts(all.account, stay.account) : stay.account }),
      undefined,
    );
  }
}
