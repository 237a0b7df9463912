import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergeAccounts } from '../src/accounts/account.ts';
import { accountOf } from '../src/accounts/account-of.ts';
import type { Facts } from '../src/accounts/facts.ts';
import { tallyRule } from '../src/accounts/tally.ts';
import { lengthOf, subtract } from '../src/intervals.ts';
import type { Figure } from '../src/kpis/figure.ts';
import { figuresOf } from '../src/kpis/figures.ts';
import { declaredMaintenance, planFigures } from '../src/kpis/plan-figures.ts';
import { quantitiesOf } from '../src/kpis/quantities.ts';
import { type AssetAccount, scopeAccount } from '../src/kpis/scope-account.ts';
import { all, anyFacts, counter, instant, nothing } from './kit/facts.ts';

function assetOf(facts: Facts, window: Parameters<typeof accountOf>[1]): AssetAccount {
  const { items, good, judged, rework } = tallyRule(facts.counters.map(({ role }) => role));
  const carriers = new Set(facts.registers.map(({ carrier }) => carrier));
  const reports = { states: facts.reports_states, items, good, judged, rework, carriers };
  return { account: accountOf(facts, window), reports: { ...reports, capacity_items_per_h: 60 } };
}

/** Every figure that a line of machines has. */
function figuresFor(machines: readonly AssetAccount[], runTime: number, declared: number) {
  const scope = scopeAccount([{ machines, meters: [] }]);
  const q = quantitiesOf(scope.account, () => runTime);
  const inputs = new Map([
    ['planned_scrap', declared],
    ['corrective_maintenance_time', declared],
  ] as const);
  const chains = [{ first: machines.slice(0, 1), steps: [], inspections: [] }];
  const planned = { plannedScrap: () => declared / 10, declared: inputs };
  const plan = { scope, q, ...planned, chains, chain_stations: machines };
  return {
    q,
    figures: {
      ...figuresOf(scope, () => runTime),
      ...planFigures(plan),
      ...declaredMaintenance(inputs, q),
    } as Record<string, Figure>,
  };
}

const anyLine = fc.tuple(fc.array(anyFacts, { minLength: 1, maxLength: 3 }), instant, instant);

describe('figures of any history', () => {
  test('are numbers or absent with a reason: nothing is divided by zero', () => {
    fc.assert(
      fc.property(
        anyLine,
        fc.constantFrom(0.001, 1, 1e6),
        fc.constantFrom(0, 3),
        ([facts, a, b], run, declared) => {
          const [from_ns, to_ns] = a < b ? [a, b] : [b, a];
          const machines = facts.map((each) => assetOf(each, { from_ns, to_ns }));
          for (const [id, { value, lower, upper, status, inputs }] of Object.entries(
            figuresFor(machines, run, declared).figures,
          )) {
            expect(value === undefined, id).toBe(status !== 'ok' && status !== 'partial');
            for (const number of [value, lower, upper, ...Object.values(inputs ?? {})])
              if (number !== undefined) expect(Number.isFinite(number), `${id} ${number}`).toBe(true);
            if (lower !== undefined && upper !== undefined) expect(lower, id).toBeLessThanOrEqual(upper);
          }
        },
      ),
    );
  });

  test('grow with the planned run time without a bound: nothing is clamped', () => {
    fc.assert(
      fc.property(anyLine, ([facts, , to_ns]) => {
        const machines = facts.map((each) => assetOf(each, { from_ns: 0n, to_ns }));
        const [once, tenfold] = [figuresFor(machines, 7, 0).figures, figuresFor(machines, 70, 0).figures];
        for (const id of ['oee', 'effectiveness', 'nee', 'teep', 'nakajima_performance']) {
          const [small, large] = [once[id], tenfold[id]];
          expect(large?.status).toBe(small?.status);
          if (small?.value) expect(large!.value! / small.value).toBeCloseTo(10, 6);
        }
      }),
    );
  });

  test('show an OEE above 1 as it is', () => {
    const facts: Facts = {
      ...nothing,
      reports_states: true,
      planned: [all],
      states: [{ at_ns: 0n, value: 'producing' }],
      states_observed: [all],
      seen: [all],
      products: [{ at_ns: 0n, value: 'part' }],
      counters: [counter('good', { 0: 0n, 1000: 5n }), counter('scrap', { 0: 0n, 1000: 0n })],
    };
    const window_s = Number(all.to_ns - all.from_ns) / 1e9;
    const account = assetOf(facts, all);
    const made = Number(account.account.counts?.items ?? 0n) / 1e9;
    const { figures } = figuresFor([account], (3 * window_s) / made, 0);
    expect(figures['oee']?.value).toBeCloseTo(3, 6);
    expect(figures['effectiveness']?.value).toBeCloseTo(3, 6);
  });

  test('take no time for a stop that nobody observed', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const unwatched = subtract(facts.planned, facts.states_observed);
        const { account } = assetOf(facts, all);
        const { q } = figuresFor([{ ...assetOf(facts, all) }], 1, 0);
        const stopped = [...account.stops.values()].reduce((sum, { time_ns }) => sum + time_ns, 0n);
        const observed = Object.values(account.elements).reduce((sum, ns) => sum + ns, 0n);
        expect(observed).toBeLessThanOrEqual(account.planned_ns - lengthOf(unwatched));
        expect(stopped).toBe(observed - account.elements.apt);
        expect(q.planned_s).toBeCloseTo(q.observed_s + q.unobserved_s, 6);
        // Whoever hides what was seen makes no stop of it, and no failure.
        const blind = assetOf({ ...facts, states_observed: [] }, all).account;
        expect(blind.stops.size).toBe(0);
        expect(blind.failures).toBe(0n);
        expect(mergeAccounts(blind, account).stops).toEqual(account.stops);
      }),
    );
  });
});
