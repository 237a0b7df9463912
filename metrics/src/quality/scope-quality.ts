import type { Entry, Nanoseconds, PlantIndex } from '@benchline/model';
import type { TelemetryStore } from '@benchline/store';
import type { Figures } from '../figures/figures.ts';
import type { Scope } from '../figures/scopes.ts';
import type { Interval } from '../intervals.ts';
import type { ChainStep } from '../kpis/chain-figures.ts';
import { type Capability, Spread } from './capability.ts';
import { type ChainYield, chainYield, lowestOf, type ProcessYield, processYield } from './chain-yield.ts';
import { subjectsOf } from './entries.ts';
import { type GradeCriterion, type GradeResult, gradeOf } from './grade.ts';
import { type Characteristic, characteristicsOf, type LeftOut, SubgroupReader } from './measured.ts';
import type { QualityFigure } from './yield.ts';

/** What quality of a scope is worked out from. */
export interface QualityParts {
  plant: PlantIndex;
  scopes: ReadonlyMap<string, Scope>;
  figures: Figures;
  store: Pick<TelemetryStore, 'observations'>;
}

export interface ScopeYields {
  processes: readonly ProcessYield[];
  /** Each with the parts of the window over which it was the way that items went. */
  chains: readonly (ChainYield & { parts: readonly Interval[] })[];
  /** Of the chain with the lowest. */
  rolled_yield: QualityFigure;
  entries: readonly Entry[];
}

/**
 * Yields of the processes and chains of a scope over a window.
 * @throws BenchlineError `store_unavailable`.
 */
export async function scopeYields(
  { scopes, figures }: QualityParts,
  scope: Scope,
  window: Interval,
  now_ns: Nanoseconds,
): Promise<ScopeYields> {
  const entries = await figures.entriesIn(subjectsOf(scope, scopes), window);
  const held = await figures.yields(scope, window, now_ns);
  const yieldOf = ({ process, stations }: ChainStep, inspections: readonly Entry[]) =>
    processYield(
      process,
      inspections,
      stations.map(({ account }) => account.counts),
    );
  const chains = held.chains.map(({ chain, parts, steps, inspections }) => ({
    ...chainYield(
      chain,
      steps.map((step) => yieldOf(step, inspections)),
    ),
    parts,
  }));
  return {
    processes: held.steps.map((step) => yieldOf(step, step.inspections)),
    chains,
    rolled_yield: lowestOf(chains.map((chain) => chain.rolled_yield)),
    entries,
  };
}

/** Capability of one characteristic, with what it was worked out from. */
export interface CharacteristicCapability {
  characteristic: Characteristic;
  capability: Capability;
  left_out: LeftOut;
}

/** @throws BenchlineError `store_unavailable`. */
export async function characteristicCapability(
  { figures, store }: Pick<QualityParts, 'figures' | 'store'>,
  characteristic: Characteristic,
  window: Interval,
  size: number,
): Promise<CharacteristicCapability> {
  const { asset, signal } = characteristic;
  const entries = await figures.entriesIn([asset.id], window);
  const reader = new SubgroupReader(store, characteristic, size);
  const spread = new Spread();
  for await (const { values } of reader.read(window, entries)) spread.add(values);
  return { characteristic, capability: spread.capability(limitsOf(signal)), left_out: reader.leftOut };
}

function limitsOf({ lsl, usl }: Characteristic['signal']): { lsl?: number; usl?: number } {
  return { ...(lsl !== undefined && { lsl }), ...(usl !== undefined && { usl }) };
}

export interface ScopeGrade extends GradeResult {
  values: Readonly<Record<GradeCriterion, QualityFigure>>;
  yields: ScopeYields;
  capabilities: readonly CharacteristicCapability[];
}

/**
 * The 质量绩效 sub-grade of a scope: what a year of data says, and nothing of the judgements that no data give.
 * @param size values of a subgroup for Cpk.
 * @throws BenchlineError `store_unavailable`.
 */
export async function scopeGrade(
  parts: QualityParts,
  scope: Scope,
  window: Interval,
  { now_ns, size }: { now_ns: Nanoseconds; size: number },
): Promise<ScopeGrade> {
  const yields = await scopeYields(parts, scope, window, now_ns);
  const capabilities: CharacteristicCapability[] = [];
  // One after the other: each reads its values of the whole window.
  for (const characteristic of characteristicsOf(scope.assets))
    if (characteristic.signal.lsl !== undefined || characteristic.signal.usl !== undefined)
      capabilities.push(await characteristicCapability(parts, characteristic, window, size));
  const measured = capabilities.filter(({ capability }) => capability.samples > 0);
  const loss = (input: DeclaredLoss) => lossRatio(yields.entries, scope.path, input);
  const values = {
    ppm: defectivePpm(yields.processes),
    cpk: lowestOf(measured.map(({ capability }) => capability.cpk)),
    rolled_yield: yields.rolled_yield,
    internal_loss: loss('internal_quality_loss'),
    external_loss: loss('external_quality_loss'),
  };
  return { ...gradeOf(values), values, yields, capabilities };
}

/** Defective units per million: those that did not pass at first submission, over all processes. */
function defectivePpm(processes: readonly ProcessYield[]): QualityFigure {
  const submitted = processes.reduce((sum, process) => sum + process.submitted, 0);
  const passed = processes.reduce((sum, process) => sum + process.passed, 0);
  if (submitted === 0) return { absent: 'no_items' };
  if (passed > submitted || passed < 0) return { absent: 'contradiction' };
  return { value: ((submitted - passed) / submitted) * 1e6 };
}

type DeclaredLoss = 'internal_quality_loss' | 'external_quality_loss';

/** Declared cost of quality losses ÷ declared output value (年度总产值) of the scope, both of the window. */
function lossRatio(entries: readonly Entry[], scope: string, input: DeclaredLoss): QualityFigure {
  const declared = (wanted: DeclaredLoss | 'output_value') =>
    entries.flatMap(({ subject, statement }) =>
      subject === scope && statement.kind === 'declared_input' && statement.input === wanted
        ? [statement.value]
        : [],
    );
  const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  const lost = declared(input);
  const output = sumOf(declared('output_value'));
  if (lost.length === 0 || output === 0) return { absent: 'not_declared' };
  return { value: sumOf(lost) / output };
}
