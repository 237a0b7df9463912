import { type Asset, type Nanoseconds, nsPerHour, signalsOf, storedTime } from '@benchline/model';
import { type Reads, risingSignals, textSignals } from './history.ts';

/** What is looked for by one question. */
const longestLook: Nanoseconds = 24n * nsPerHour;
/** A register's increment that is longer ago is charged to no state. */
const chargedNs: Nanoseconds = 24n * nsPerHour;

/** How much later than a change of states it may matter: in the micro-stop that ends then, or the register read then. */
export function stateReach(asset: Asset, micro_stop_ns: Nanoseconds): Nanoseconds {
  const charged = signalsOf(asset, 'energy').length > 0 ? chargedNs : 0n;
  return charged > micro_stop_ns ? charged : micro_stop_ns;
}

/** What was said of an asset: up to when, and of which signals. */
export interface SaidUntil {
  at_ns: Nanoseconds;
  signals: ReadonlySet<string>;
}

/**
 * Until when something that was said late may change figures of an asset. A state or circumstance holds until its
 * signal speaks again; the increment of every counter and register ends with its next reading, and whether it was
 * watched throughout is told by claims within it.
 * @param newest_ns up to where the asset has been heard of; figures of later are not known.
 * @throws BenchlineError `store_unavailable`.
 */
export async function takenOverAt(
  store: Pick<Reads, 'observations'>,
  asset: Asset,
  { at_ns, signals }: SaidUntil,
  { newest_ns, micro_stop_ns }: { newest_ns: Nanoseconds; micro_stop_ns: Nanoseconds },
): Promise<Nanoseconds> {
  const rising = new Set(risingSignals(asset));
  const waiting = new Set([...rising, ...textSignals(asset).filter((signal) => signals.has(signal))]);
  let reached = at_ns;
  for (let span = nsPerHour; waiting.size > 0 && reached < newest_ns; span *= 4n) {
    const look = span < longestLook ? span : longestLook;
    const to_ns = reached + look < newest_ns ? reached + look : newest_ns;
    const query = { machine: asset.id, signals: [...waiting], from_ns: reached, to_ns };
    reached = to_ns;
    for (const said of await store.observations(query)) {
      // A counter goes on from its last value, whatever it says in between.
      if (said.value === undefined && rising.has(said.signal)) continue;
      if (waiting.delete(said.signal) && waiting.size === 0) reached = storedTime(said);
    }
  }
  const until = reached + stateReach(asset, micro_stop_ns);
  return until < newest_ns ? until : newest_ns;
}
