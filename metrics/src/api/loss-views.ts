import { isoFromNs, type Plant, scrapCausesOf, secondsOf, stopReasonsOf } from '@benchline/model';
import type { z } from 'zod';
import type { ParetoRow } from '../losses/pareto.ts';
import type { ScopeLosses, StopReason } from '../losses/scope-losses.ts';
import { type Attoseconds, barSeconds, lossBars, sixLosses, type Waterfall } from '../losses/waterfall.ts';
import { bothNames } from './both-names.ts';
import { formulasView } from './evidence.ts';
import { type LossTree, type Rest, sixLossIds } from './loss-schemas.ts';
import { lossWording, noteWording, restWording, sixLossWording } from './loss-wording.ts';
import type { apiStates } from './schemas.ts';

type LossTreeView = z.output<typeof LossTree>;

const formulas = {
  waterfall: 'loss_waterfall',
  six_losses: 'six_losses',
  stops: 'stops_by_reason',
  micro_stops: 'micro_stops_by_reason',
  mtbf_h: 'mtbf_by_cause',
  mttr_h: 'mttr_by_cause',
  defects: 'defects_by_cause',
} as const;

/** @param limit most rows of each list. */
export function lossView(losses: ScopeLosses, plant: Plant, limit: number): LossTreeView {
  const { figures, waterfall, micro_stops, failures, defects } = losses;
  const six = sixLosses(waterfall);
  const named = (reason: string) => nameIn(stopReasonsOf(plant), reason, 'reason_name');
  const stopList = (rows: readonly ParetoRow<StopReason>[]) => ({
    rows: rows.slice(0, limit).map((row) => ({ ...stopRow(row), ...named(row.of.reason) })),
    others: others(rows.slice(limit).map(({ of }) => of)),
  });
  const micro = others(micro_stops.rows.map(({ of }) => of));
  return {
    scope: figures.scope.path,
    from: isoFromNs(figures.from_ns),
    to: isoFromNs(figures.to_ns),
    time_zone: figures.scope.time_zone,
    coverage: figures.figures.coverage.value ?? null,
    provisional: figures.provisional,
    revision: figures.revision,
    formulas: formulasView(formulas),
    waterfall: waterfallView(waterfall),
    notes: losses.notes.map((id) => ({ id, name: noteWording[id] })),
    six_losses: sixLossIds.map((id) => {
      const time = six[id];
      return { id, name: sixLossWording[id], ...(time !== undefined && { seconds: barSeconds(time) }) };
    }),
    stops: stopList(losses.stops),
    micro_stops: {
      bound_s: secondsOf(micro_stops.bound_ns),
      times: micro.times,
      seconds: micro.seconds,
      ...stopList(micro_stops.rows),
    },
    failures: failures.slice(0, limit).map(({ reason, times, time_ns, mtbf_h, mttr_h }) => ({
      reason,
      ...named(reason),
      times: Number(times),
      seconds: secondsOf(time_ns),
      ...(mtbf_h !== undefined && { mtbf_h }),
      ...(mttr_h !== undefined && { mttr_h }),
    })),
    defects: {
      scrap_items: defects.scrap_items,
      rework_items: defects.rework_items,
      rows: defects.causes.slice(0, limit).map(({ of, share, cumulative }) => ({
        cause: of.cause,
        ...nameIn(scrapCausesOf(plant), of.cause, 'name'),
        items: Number(of.items),
        share,
        cumulative_share: cumulative,
      })),
      unnamed_items: defects.unnamed_items,
    },
  };
}

/** After which losses a rest is shown, with its name. */
const restAfter: Partial<Record<(typeof lossBars)[number], Rest>> = {
  no_shift: 'planned',
  planned_maintenance: 'pbt',
  unobserved: 'observed',
  short_stop: 'apt',
  unrated: 'rated',
  speed: 'earned',
  defects: 'fully_productive',
};

function waterfallView({ calendar, losses, start_up }: Waterfall): LossTreeView['waterfall'] {
  const rest = (id: Rest, time: Attoseconds) =>
    ({ id, kind: 'rest', name: restWording[id], ...timeView(time) }) as const;
  let left = calendar;
  return [
    rest('calendar', calendar),
    ...lossBars.flatMap((id) => {
      // Unknown is no bar of 0 s.
      if (id === 'start_up' && start_up === 'not_told') return [];
      left -= losses[id];
      const loss = { id, kind: 'loss', name: lossWording[id], ...timeView(losses[id]) } as const;
      const after = restAfter[id];
      return after === undefined ? [loss] : [loss, rest(after, left)];
    }),
  ];
}

function timeView(time: Attoseconds): { seconds: number; exact_s: string } {
  const digits = (time < 0n ? -time : time).toString().padStart(19, '0');
  const fraction = digits.slice(-18).replace(/0+$/, '');
  const exact = fraction === '' ? digits.slice(0, -18) : `${digits.slice(0, -18)}.${fraction}`;
  return { seconds: barSeconds(time), exact_s: time < 0n ? `-${exact}` : exact };
}

function stopRow({ of, share, cumulative }: ParetoRow<StopReason>) {
  const seconds = secondsOf(of.time_ns);
  const times = Number(of.times);
  return {
    // The states of accounts are those of the API, less the one that is never a stop.
    state: of.state as (typeof apiStates)[number],
    reason: of.reason,
    seconds,
    times,
    ...(times > 0 && { mean_s: seconds / times }),
    share,
    cumulative_share: cumulative,
  };
}

function others(stops: readonly StopReason[]) {
  const sum = (of: (stop: StopReason) => bigint) => stops.reduce((total, stop) => total + of(stop), 0n);
  return {
    rows: stops.length,
    seconds: secondsOf(sum(({ time_ns }) => time_ns)),
    times: Number(sum(({ times }) => times)),
  };
}

function nameIn<K extends string>(
  list: readonly { id: string; name: { en: string; zh?: string | undefined } }[],
  id: string,
  key: K,
): { [key in K]?: { en: string; zh: string } } {
  const name = list.find((candidate) => candidate.id === id)?.name;
  if (!name) return {};
  const both: { [key in K]?: { en: string; zh: string } } = {};
  both[key] = bothNames(name);
  return both;
}
