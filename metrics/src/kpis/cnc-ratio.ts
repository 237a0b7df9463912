import type { Asset, CncBasis, Machine, Nanoseconds, Process } from '@benchline/model';
import type { Account } from '../accounts/account.ts';
import { absent, type Figure } from './figure.ts';
import type { CncKpiId } from './figures.ts';

/** A station of a key process, and what the window shows of it. */
export interface StationEvidence {
  machine: Machine;
  /** By the register: under numerical or process control. */
  declared: boolean;
  /** A source watched its controller in the window. */
  connected: boolean;
  /** It produced in the window. */
  active: boolean;
  last_seen_ns: Nanoseconds | undefined;
}

export interface ProcessEvidence {
  process: Process;
  declared: number;
  connected: number;
  active: number;
  stations: readonly StationEvidence[];
}

export interface CncRatios {
  basis: CncBasis;
  /** Of the asset values, where they are what is counted. */
  currency: string | undefined;
  declared: Figure;
  connected: Figure;
  active: Figure;
  processes: readonly ProcessEvidence[];
}

/**
 * CNC ratio of key processes (关键工序数控化率). By `process_count` each key process counts once, by the rule it
 * states for stations of both kinds; by `equipment_count` each station of a key process counts once, whatever it
 * takes part in; by `asset_value` with its value, and there is no ratio while some station has none stated.
 * Connected and active count only stations that are declared too. Processes that are not key do not matter; without
 * any key process there is no ratio.
 */
export function cncRatios(
  processes: readonly Process[],
  stationOf: (machine: string, process: string) => { asset: Asset; account: Account } | undefined,
  basis: CncBasis = 'process_count',
): CncRatios {
  const evidence = processes.filter((p) => p.key).map((process) => evidenceOf(process, stationOf));
  const stations = [
    ...Map.groupBy(
      evidence.flatMap((e) => e.stations),
      (s) => s.machine.id,
    ).values(),
  ].flatMap(together);
  const ratio = (kind: Kind): Figure => {
    if (evidence.length === 0) return absent('no_key_processes');
    const of = basis === 'process_count' ? processRatio(evidence, kind) : stationRatio(stations, kind, basis);
    return kind === 'declared' ? { ...of, basis: 'declared' } : of;
  };
  const currency = stations.find((s) => s.machine.asset_value)?.machine.asset_value?.currency;
  return {
    basis,
    currency: basis === 'asset_value' ? currency : undefined,
    declared: ratio('declared'),
    connected: ratio('connected'),
    active: ratio('active'),
    processes: evidence,
  };
}

/** A station of several processes, which may each have been carried out for a part of the window. */
function together(shown: readonly StationEvidence[]): StationEvidence[] {
  const connected = shown.some((one) => one.connected);
  const active = shown.some((one) => one.active);
  return shown.slice(0, 1).map((station) => ({ ...station, connected, active }));
}

/** The figures of the catalogue; there are none of a single machine, which is no process. */
export function cncFigures(cnc: CncRatios | undefined): Record<CncKpiId, Figure> {
  const none: Figure = { status: 'not_applicable' };
  return {
    cnc_ratio_declared: cnc?.declared ?? none,
    cnc_ratio_connected: cnc?.connected ?? none,
    cnc_ratio_active: cnc?.active ?? none,
  };
}

type Kind = 'declared' | 'connected' | 'active';

function processRatio(evidence: readonly ProcessEvidence[], kind: Kind): Figure {
  const part = evidence.reduce((sum, e) => sum + e[kind], 0);
  const inputs = { [`${kind}_processes`]: part, key_processes: evidence.length };
  return { value: part / evidence.length, status: 'ok', inputs };
}

function stationRatio(stations: readonly StationEvidence[], kind: Kind, basis: CncBasis): Figure {
  const weighted = stations.map((s) => ({
    holds: s[kind],
    weight: basis === 'asset_value' ? s.machine.asset_value?.amount : 1,
  }));
  if (weighted.some((s) => s.weight === undefined)) return absent('not_declared');
  const sum = (list: typeof weighted) => list.reduce((all, { weight = 0 }) => all + weight, 0);
  const [part, whole] = [sum(weighted.filter((s) => s.holds)), sum(weighted)];
  const what = basis === 'asset_value' ? 'value' : 'stations';
  return { value: part / whole, status: 'ok', inputs: { [`${kind}_${what}`]: part, [what]: whole } };
}

function evidenceOf(process: Process, stationOf: Parameters<typeof cncRatios>[1]): ProcessEvidence {
  const stations = process.machines.flatMap((id): StationEvidence[] => {
    const station = stationOf(id, process.id);
    if (!station) return [];
    const machine = station.asset.definition as Machine;
    const { seen_until_ns, produced } = station.account;
    const declared = machine.control !== 'manual';
    return [
      {
        machine,
        declared,
        connected: declared && seen_until_ns !== undefined,
        active: declared && produced,
        last_seen_ns: seen_until_ns,
      },
    ];
  });
  const share = (holds: (s: StationEvidence) => boolean) =>
    shareOf(process.rule, stations.filter(holds).length, stations.length);
  return {
    process,
    declared: share((s) => s.declared),
    connected: share((s) => s.connected),
    active: share((s) => s.active),
    stations,
  };
}

/** How much of a process counts when `some` of its `all` stations do; a plant file names at least one. */
function shareOf(rule: Process['rule'], some: number, all: number): number {
  switch (rule) {
    case 'any':
      return some > 0 ? 1 : 0;
    case 'all':
      return some === all ? 1 : 0;
    case 'fraction':
      return some / all;
  }
}
