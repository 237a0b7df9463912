import type { FactorSetId } from '@benchline/model';
import { setsOfEdition } from '../energy/conversion.ts';
import { balanceOf } from '../energy/meter-tree.ts';
import { declaredFor } from '../energy/outputs.ts';
import { EnergyRules } from '../energy/rules.ts';
import { tariffCosts } from '../energy/tariff-cost.ts';
import { findScope } from '../figures/scopes.ts';
import { bothNames } from './both-names.ts';
import { energyOutlookRoutes } from './energy-outlook-routes.ts';
import { CarrierQuery } from './energy-query.ts';
import {
  EnergyByState,
  EnergyCatalogue,
  EnergyCosts,
  EnergySummary,
  MeterBalance,
} from './energy-schemas.ts';
import {
  askedView,
  balanceView,
  byStateView,
  costsView,
  energyCatalogueView,
  summaryView,
} from './energy-views.ts';
import { evidenceOf } from './evidence.ts';
import { type ApiServer, type PartsOf, readScope, readWhole } from './parts.ts';
import { ScopeQuery, windowOf } from './query.ts';

/** Energy: carriers and factors, states, tariffs, meters; baselines, forecasts and limits. */
export function energyRoutes(app: ApiServer, parts: PartsOf): void {
  catalogueRoute(app, parts);
  summaryRoute(app, parts);
  stateRoute(app, parts);
  costRoute(app, parts);
  balanceRoute(app, parts);
  energyOutlookRoutes(app, parts);
}

const summaryFormulas = {
  comprehensive_energy: 'comprehensive_energy',
  by_basis: 'comprehensive_energy',
  co2: 'energy_co2',
  comprehensive_energy_per_good_item: 'energy_per_good_item',
  comprehensive_energy_per_output_value: 'energy_per_value',
  comprehensive_energy_per_value_added: 'energy_per_value',
  carriers: 'carrier_energy',
} as const;
const stateFormulas = {
  total: 'carrier_energy',
  idle_share: 'idle_share',
  states: 'energy_by_state',
  products: 'energy_by_product',
  orders: 'energy_by_state',
  machines: 'energy_by_machine',
} as const;
const balanceFormulas = {
  amount: 'meter_difference',
  parts: 'meter_difference',
  sum: 'meter_difference',
  remainder: 'feeder_remainder',
} as const;

function catalogueRoute(app: ApiServer, parts: PartsOf): void {
  app.get(
    '/api/v1/energy/catalogue',
    {
      config: readWhole,
      schema: {
        summary: 'Conversion factors with their sources, and what the statuses of energy mean',
        response: { 200: EnergyCatalogue },
      },
    },
    async () => energyCatalogueView(parts().plant.plant.energy),
  );
}

function summaryRoute(app: ApiServer, parts: PartsOf): void {
  app.get(
    '/api/v1/energy/summary',
    {
      config: readScope,
      schema: {
        summary: 'Energy of a scope by carrier, comprehensive energy (kgce), CO₂, per item and per value',
        querystring: ScopeQuery,
        response: { 200: EnergySummary },
      },
    },
    async ({ query }) => {
      const { plant, scopes, figures, now } = parts();
      const scope = findScope(scopes, query.scope);
      const window = windowOf(query);
      const now_ns = now();
      const sums = await figures.sums(scope, window, now_ns);
      const { outputs, carriers, factor_set } = plant.plant.energy;
      const bySet = async (set: FactorSetId) => ({
        factor_set: set,
        eras: await figures.energyEras(scope, [window], { sums, now_ns, factor_set: set }),
      });
      const declared = ['comprehensive_energy_per_output_value', 'comprehensive_energy_per_value_added'];
      const evidence = await evidenceOf(parts(), { scope, window }, summaryFormulas, declared);
      return summaryView(
        { ...askedView(scope, window), evidence },
        {
          sums,
          factor_set,
          bases: await Promise.all(setsOfEdition(factor_set).map(bySet)),
          declared: declaredFor(outputs, scope, window),
          carriers,
        },
      );
    },
  );
}

function stateRoute(app: ApiServer, parts: PartsOf): void {
  app.get(
    '/api/v1/energy/by-state',
    {
      config: readScope,
      schema: {
        summary: "Energy of a scope's machines by state, product and order, with the idle share",
        querystring: CarrierQuery,
        response: { 200: EnergyByState },
      },
    },
    async ({ query }) => {
      const { plant, scopes, figures, now } = parts();
      const scope = findScope(scopes, query.scope);
      const [window, now_ns] = [windowOf(query), now()];
      const [{ account }, machines] = await Promise.all([
        figures.sums(scope, window, now_ns),
        figures.assetAccounts(scope.assets, window, now_ns),
      ]);
      const named = machines.map(({ asset, account: own }) => ({
        id: asset.id,
        name: bothNames(asset.definition.name),
        account: own,
      }));
      const unit = new EnergyRules(plant).unitOf(query.carrier);
      const evidence = await evidenceOf(parts(), { scope, window }, stateFormulas);
      return {
        ...byStateView({ scope, account, ...window }, named, { carrier: query.carrier, unit }),
        evidence,
      };
    },
  );
}

function costRoute(app: ApiServer, parts: PartsOf): void {
  app.get(
    '/api/v1/energy/tariff',
    {
      config: readScope,
      schema: {
        summary: 'Energy and cost by band of the tariff (尖峰平谷), site by site; at most 63 days',
        querystring: CarrierQuery,
        response: { 200: EnergyCosts },
      },
    },
    async ({ query }) => {
      const { plant, scopes, figures, now } = parts();
      const scope = findScope(scopes, query.scope);
      const window = windowOf(query);
      const { carrier } = query;
      const { tariffs } = plant.plant.energy;
      const costs = await tariffCosts({ figures, scopes, tariffs }, { scope, carrier }, window, now());
      const formulas = { cost: 'energy_cost', amount: 'carrier_energy', bands: 'energy_tariff' } as const;
      const evidence = await evidenceOf(parts(), { scope, window }, formulas);
      const unit = new EnergyRules(plant).unitOf(carrier);
      return { ...costsView(scope, window, { carrier, unit, costs }), evidence };
    },
  );
}

function balanceRoute(app: ApiServer, parts: PartsOf): void {
  app.get(
    '/api/v1/energy/balance',
    {
      config: readScope,
      schema: {
        summary: 'Each feeder of a scope against the sum of the meters behind it',
        querystring: ScopeQuery,
        response: { 200: MeterBalance },
      },
    },
    async ({ query }) => {
      const { plant, scopes, figures, now } = parts();
      const scope = findScope(scopes, query.scope);
      const window = windowOf(query);
      const rules = new EnergyRules(plant);
      const inside = new Set(scope.assets.map(({ id }) => id));
      const feeders = rules.tree.feeders.filter(({ meter }) =>
        rules.tree.registersOf(meter).every((id) => inside.has(id)),
      );
      const needed = new Set(
        feeders.flatMap(({ meter, feeds }) => [meter, ...feeds].flatMap((id) => rules.tree.registersOf(id))),
      );
      const assets = [...needed].flatMap((id) => plant.assets.get(id) ?? []);
      const accounts = new Map(
        (await figures.assetAccounts(assets, window, now())).map(({ asset, account }) => [asset.id, account]),
      );
      const balances = feeders.map((feeder) => {
        const of = (id: string) => {
          const use = accounts.get(id)?.energy.get(feeder.carrier);
          return use && use.import - use.export;
        };
        return { ...balanceOf(rules.tree, feeder, of), unit: rules.unitOf(feeder.carrier) };
      });
      const evidence = await evidenceOf(parts(), { scope, window }, balanceFormulas);
      return { ...balanceView(scope, window, balances), evidence };
    },
  );
}
