import { BenchlineError, Slug, scopeOf } from '@benchline/model';
import { z } from 'zod';
import { grains } from '../figures/periods.ts';
import { findScope } from '../figures/scopes.ts';
import type { Interval } from '../intervals.ts';
import { largestSubgroup } from '../quality/chart-constants.ts';
import { attributeChart, collected, measuredCharts } from '../quality/charted.ts';
import { subjectsOf } from '../quality/entries.ts';
import { characteristicsOf, findCharacteristic, SubgroupReader } from '../quality/measured.ts';
import { type SampleBasis, samplesOf } from '../quality/samples.ts';
import { characteristicCapability, scopeGrade, scopeYields } from '../quality/scope-quality.ts';
import { evidenceOf } from './evidence.ts';
import { type ApiParts, type ApiServer, findAsset, type PartsOf, readMachine, readScope } from './parts.ts';
import { chartFormulas, gradeFormulas, studyFormulas, yieldFormulas } from './quality-formulas.ts';
import {
  AttributeChart,
  CapabilityResult,
  CharacteristicList,
  ControlChart,
  GradeView,
  InspectionList,
  ruleSetIds,
  YieldResult,
} from './quality-schemas.ts';
import {
  capabilityView,
  characteristicsView,
  characteristicView,
  chartsView,
  gradeView,
  inspectionsView,
  yieldView,
} from './quality-views.ts';
import { Instant, MachineQuery, ScopeQuery, windowOf } from './query.ts';
import { spanView } from './span-view.ts';

const subgroup = z.coerce
  .number()
  .int()
  .min(1)
  .max(largestSubgroup)
  .default(1)
  .describe('Consecutive values that make a subgroup; 1: individuals');

const page = {
  offset: z.coerce.number().int().min(0).default(0).describe('First point or record to answer with'),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(500)
    .describe('Most points or records to answer with'),
};

const charted = {
  rules: z.enum(ruleSetIds).default('western_electric').describe('Which rules warn'),
  baseline_from: Instant.optional().describe(
    'Start of a stretch that the limits come from; else the window itself',
  ),
  baseline_to: Instant.optional().describe('End of that stretch'),
  ...page,
};

const CharacteristicQuery = MachineQuery.extend({
  characteristic: Slug.describe('Id of a signal with measurement: characteristic'),
  subgroup,
});

const CapabilityQuery = CharacteristicQuery.extend({
  study: z
    .enum(['process', 'machine'])
    .default('process')
    .describe('machine: the window is a short run of one machine, so the indices are Cm and Cmk'),
});

const AttributeQuery = ScopeQuery.extend({
  chart: z.enum(['p', 'u']).default('p').describe('Nonconforming items, or nonconformities an item'),
  basis: z
    .enum(['counts', 'inspections'])
    .default('counts')
    .describe('Samples: the items of each period as counted, or the inspections that people entered'),
  grain: z.enum(grains).default('shift').describe('Periods, where counts are the basis'),
  process: Slug.optional().describe('Only inspections of this process'),
  characteristic: Slug.optional().describe('Only inspections of this characteristic'),
  ...charted,
});

/** What an answer about a scope rests on. @throws BenchlineError `store_unavailable`. */
async function answeredOf(
  parts: ApiParts,
  path: string,
  window: Interval,
  ...told: [Parameters<typeof evidenceOf>[2], declared?: readonly string[]]
) {
  const scope = findScope(parts.scopes, path);
  return { time_zone: scope.time_zone, evidence: await evidenceOf(parts, { scope, window }, ...told) };
}

/** Quality over stored data: capability, control charts, yields, grade, inspections. */
export function qualityRoutes(app: ApiServer, parts: PartsOf): void {
  characteristicRoutes(app, parts);
  controlChartRoute(app, parts);
  attributeChartRoute(app, parts);
  scopeRoutes(app, parts);
  inspectionRoute(app, parts);
}

function characteristicRoutes(app: ApiServer, parts: PartsOf): void {
  app.get(
    '/api/v1/quality/characteristics',
    {
      config: readScope,
      schema: {
        summary: 'The measured characteristics of a scope, with their specification limits',
        querystring: ScopeQuery.pick({ scope: true }),
        response: { 200: CharacteristicList },
      },
    },
    async ({ query }) => {
      const scope = findScope(parts().scopes, query.scope);
      return characteristicsView(scope.path, characteristicsOf(scope.assets));
    },
  );

  app.get(
    '/api/v1/quality/capability',
    {
      config: readMachine(parts),
      schema: {
        summary: 'Capability of a characteristic over a window: Cp, Cpk, Pp, Ppk, or Cm and Cmk',
        querystring: CapabilityQuery,
        response: { 200: CapabilityResult },
      },
    },
    async ({ query }) => {
      const { plant } = parts();
      const characteristic = findCharacteristic(findAsset(plant, query.machine), query.characteristic);
      const window = windowOf(query);
      const found = await characteristicCapability(parts(), characteristic, window, query.subgroup);
      const formulas = studyFormulas[query.study];
      return {
        ...capabilityView(found, window, query),
        ...(await answeredOf(parts(), scopeOf(characteristic.asset), window, formulas)),
      };
    },
  );
}

function controlChartRoute(app: ApiServer, parts: PartsOf): void {
  app.get(
    '/api/v1/quality/control-chart',
    {
      config: readMachine(parts),
      schema: {
        summary: 'X̄-R chart of subgroups, or I-MR chart of individuals, with warnings',
        querystring: CharacteristicQuery.extend(charted),
        response: { 200: ControlChart },
      },
    },
    async ({ query }) => {
      const { plant, store, figures } = parts();
      const asset = findAsset(plant, query.machine);
      const characteristic = findCharacteristic(asset, query.characteristic);
      const read = async (window: Interval) => {
        const reader = new SubgroupReader(store, characteristic, query.subgroup);
        const entries = await figures.entriesIn([asset.id], window);
        return { subgroups: await collected(reader.read(window, entries)), left_out: reader.leftOut };
      };
      const window = windowOf(query);
      const stretch = baselineOf(query);
      const { subgroups, left_out } = await read(window);
      const baseline = stretch ? (await read(stretch)).subgroups : subgroups;
      const charts = measuredCharts(subgroups, baseline, { size: query.subgroup, rules: query.rules });
      return {
        ...characteristicView(characteristic),
        ...spanView(window),
        ...(await answeredOf(parts(), scopeOf(asset), window, chartFormulas)),
        subgroup: query.subgroup,
        rules: query.rules,
        baseline: { ...spanView(stretch ?? window), points: baseline.length },
        ...chartsView(charts, query),
        left_out,
      };
    },
  );
}

function attributeChartRoute(app: ApiServer, parts: PartsOf): void {
  app.get(
    '/api/v1/quality/attribute-chart',
    {
      config: readScope,
      schema: {
        summary: 'p or u chart of a scope, from its counts by period or from inspections, with warnings',
        querystring: AttributeQuery,
        response: { 200: AttributeChart },
      },
    },
    async ({ query }) => {
      const scope = findScope(parts().scopes, query.scope);
      const window = windowOf(query);
      const stretch = baselineOf(query);
      const asked = { ...basisOf(query), now_ns: parts().now() };
      const { samples, left_out } = await samplesOf(parts(), scope, window, asked);
      const baseline = stretch ? (await samplesOf(parts(), scope, stretch, asked)).samples : samples;
      return {
        scope: scope.path,
        basis: query.basis,
        ...(query.process !== undefined && { process: query.process }),
        ...(query.characteristic !== undefined && { characteristic: query.characteristic }),
        ...spanView(window),
        ...(await answeredOf(parts(), scope.path, window, chartFormulas)),
        rules: query.rules,
        baseline: { ...spanView(stretch ?? window), points: baseline.length },
        ...chartsView([attributeChart(query.chart, samples, baseline, query.rules)], query),
        left_out,
      };
    },
  );
}

/** @throws BenchlineError `bad_request` when only one end is named, or the stretch is empty or too long. */
function baselineOf({
  baseline_from: from,
  baseline_to: to,
}: {
  baseline_from?: bigint | undefined;
  baseline_to?: bigint | undefined;
}): Interval | undefined {
  if (from === undefined && to === undefined) return undefined;
  if (from !== undefined && to !== undefined) return windowOf({ from, to });
  throw new BenchlineError('bad_request', 'a baseline has two ends', {
    hint: 'give both baseline_from and baseline_to, or neither',
  });
}

/** @throws BenchlineError `bad_request` for a u chart of counts, or counts of one process or characteristic. */
function basisOf(query: z.output<typeof AttributeQuery>): SampleBasis {
  const { basis, chart, grain, process, characteristic } = query;
  if (basis === 'inspections') return { basis, process, characteristic };
  if (process !== undefined || characteristic !== undefined)
    throw new BenchlineError('bad_request', 'counters tell neither processes nor characteristics apart', {
      hint: 'ask for basis=inspections, or leave process and characteristic out',
    });
  if (chart === 'p') return { basis, grain };
  throw new BenchlineError('bad_request', 'counters count items, not the defects that an item has', {
    hint: 'ask for basis=inspections, or for chart=p',
  });
}

function scopeRoutes(app: ApiServer, parts: PartsOf): void {
  app.get(
    '/api/v1/quality/yield',
    {
      config: readScope,
      schema: {
        summary: 'First pass yield, DPMO and σ level of each process; rolled yield of each chain',
        querystring: ScopeQuery,
        response: { 200: YieldResult },
      },
    },
    async ({ query }) => {
      const scope = findScope(parts().scopes, query.scope);
      const window = windowOf(query);
      return {
        ...yieldView(scope.path, window, await scopeYields(parts(), scope, window, parts().now())),
        ...(await answeredOf(parts(), scope.path, window, yieldFormulas)),
      };
    },
  );

  app.get(
    '/api/v1/quality/grade',
    {
      config: readScope,
      schema: {
        summary: 'The 质量绩效 sub-grade of a scope: every criterion with its value, cut-offs and verdicts',
        querystring: ScopeQuery.extend({ subgroup }),
        response: { 200: GradeView },
      },
    },
    async ({ query }) => {
      const scope = findScope(parts().scopes, query.scope);
      const window = windowOf(query);
      const given = { now_ns: parts().now(), size: query.subgroup };
      return {
        ...gradeView(scope.path, window, await scopeGrade(parts(), scope, window, given)),
        ...(await answeredOf(parts(), scope.path, window, gradeFormulas, ['internal_loss', 'external_loss'])),
      };
    },
  );
}

function inspectionRoute(app: ApiServer, parts: PartsOf): void {
  app.get(
    '/api/v1/quality/inspections',
    {
      config: readScope,
      schema: {
        summary: 'Sampling inspections that were entered about a scope and what is in it',
        querystring: ScopeQuery.extend(page),
        response: { 200: InspectionList },
      },
    },
    async ({ query }) => {
      const { scopes, figures, plant } = parts();
      const scope = findScope(scopes, query.scope);
      const window = windowOf(query);
      const entries = await figures.entriesIn(subjectsOf(scope, scopes), window);
      return inspectionsView(scope.path, window, { entries, plant: plant.plant }, query);
    },
  );
}
