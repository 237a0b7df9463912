import type { Process, ProcessChain } from '@benchline/model';
import { contains, everAfter, everBefore, type Interval, intersect, union } from '../intervals.ts';
import type { Scope } from './scopes.ts';
import { isThere, spanOf } from './stays.ts';

/** A process with the parts of some windows over which it was carried out, and the stations that were there then. */
export interface HeldProcess {
  process: Process;
  parts: readonly Interval[];
}

/** A chain with the parts of some windows over which it was the way that items went. */
export interface HeldChain {
  chain: Pick<ProcessChain, 'processes'> & Partial<Pick<ProcessChain, 'id' | 'name'>>;
  processes: readonly Process[];
  parts: readonly Interval[];
}

/**
 * The processes that were carried out in a scope over some windows. One whose stations have moved was carried out
 * where they stood.
 */
export function processesOver(scope: Scope, windows: readonly Interval[]): HeldProcess[] {
  return scope.processes.flatMap(({ process, time_zone }): HeldProcess[] => {
    const parts = over(windows, spanOf(process, time_zone));
    const there = new Set(
      scope.lines.flatMap(({ machines }) => machines.filter((m) => isThere(m, parts))).map(({ id }) => id),
    );
    const machines = process.machines.filter((id) => there.has(id));
    if (parts.length === 0 || machines.length === 0) return [];
    const whole = machines.length === process.machines.length;
    return [{ process: whole ? process : { ...process, machines }, parts }];
  });
}

/**
 * The process chains that lay within a scope over some windows. One that was replaced, or of which a process came to
 * its end, counts up to then. Without any in the plant file the processes of the scope in their order are one, another
 * one from each date on which they change.
 */
export function chainsOver(
  chains: readonly ProcessChain[],
  scope: Scope,
  windows: readonly Interval[],
): HeldChain[] {
  const declared = chains.length > 0 ? chains.map((chain) => chainOver(chain, scope, windows)) : undefined;
  const held = declared ?? usualChains(scope, windows);
  return held.flatMap(({ chain, parts }): HeldChain[] => {
    const within = new Map(processesOver(scope, parts).map(({ process }) => [process.id, process]));
    const processes = chain.processes.flatMap((id) => within.get(id) ?? []);
    const whole = parts.length > 0 && processes.length > 0 && processes.length === chain.processes.length;
    return whole ? [{ chain, processes, parts }] : [];
  });
}

type Parted = Pick<HeldChain, 'chain' | 'parts'>;

function chainOver(chain: ProcessChain, scope: Scope, windows: readonly Interval[]): Parted {
  const steps = chain.processes.flatMap((id) => scope.processes.filter(({ process }) => process.id === id));
  const time_zone = steps[0]?.time_zone ?? scope.time_zone;
  const spans = [spanOf(chain, time_zone), ...steps.map((step) => spanOf(step.process, step.time_zone))];
  return { chain, parts: spans.reduce<readonly Interval[]>(over, windows) };
}

/** The processes of a scope between each two dates on which any of them begins or ends. */
function usualChains(scope: Scope, windows: readonly Interval[]): Parted[] {
  const spans = scope.processes.map(({ process, time_zone }) => spanOf(process, time_zone));
  const edges = [...new Set(spans.flatMap(({ from_ns, to_ns }) => [from_ns, to_ns]))].sort((a, b) =>
    a < b ? -1 : 1,
  );
  const cuts = edges.filter((at) => at !== everBefore && at !== everAfter);
  const eras = [everBefore, ...cuts].map(
    (from_ns, i): Interval => ({ from_ns, to_ns: cuts[i] ?? everAfter }),
  );
  const pieces = eras.flatMap((era): Parted[] => {
    const parts = over(windows, era);
    const processes = processesOver(scope, parts).map(({ process }) => process.id);
    return [{ chain: { processes }, parts }];
  });
  const same = Map.groupBy(pieces, ({ chain }) => chain.processes.join(' '));
  return [...same.values()].flatMap((list) => {
    const [first] = list;
    return first ? [{ chain: first.chain, parts: joined(list.flatMap(({ parts }) => parts)) }] : [];
  });
}

/** Windows stay as they are where they are not cut: figures of them are known by their ends. */
function over(windows: readonly Interval[], span: Interval): readonly Interval[] {
  return windows.every((window) => contains(span, window)) ? windows : intersect(windows, [span]);
}

function joined(parts: readonly Interval[]): readonly Interval[] {
  return parts.length < 2 ? parts : union(parts);
}
