import type { Asset, Machine, Nanoseconds, Process } from '@benchline/model';
import type { Account } from '../accounts/account.ts';
import type { Figure } from './figure.ts';

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
  declared: Figure;
  connected: Figure;
  active: Figure;
  processes: readonly ProcessEvidence[];
}

/**
 * CNC ratio of key processes (关键工序数控化率) on the basis `process_count`: each key process counts once, by the
 * rule it states for stations of both kinds. Connected and active count only stations that are declared too.
 * Processes that are not key do not matter; without any key process there is no ratio.
 */
export function cncRatios(
  processes: readonly Process[],
  stationOf: (machine: string) => { asset: Asset; account: Account } | undefined,
): CncRatios {
  const evidence = processes.filter((p) => p.key).map((process) => evidenceOf(process, stationOf));
  const ratio = (share: (e: ProcessEvidence) => number): Figure =>
    evidence.length === 0
      ? { status: 'no_key_processes' }
      : { value: evidence.reduce((sum, e) => sum + share(e), 0) / evidence.length, status: 'ok' };
  return {
    declared: ratio((e) => e.declared),
    connected: ratio((e) => e.connected),
    active: ratio((e) => e.active),
    processes: evidence,
  };
}

function evidenceOf(process: Process, stationOf: Parameters<typeof cncRatios>[1]): ProcessEvidence {
  const stations = process.machines.flatMap((id): StationEvidence[] => {
    const station = stationOf(id);
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
