import { BenchlineError, isoFromNs } from '@benchline/model';
import { periodAround } from '../calendar/local-periods.ts';
import { type FittedBaseline, fitBaseline, performanceOf } from '../energy/baseline.ts';
import { baselinePoints } from '../energy/baseline-points.ts';
import { explainPeriod } from '../energy/explain-period.ts';
import { EnergyRules } from '../energy/rules.ts';
import { PeriodForecasts } from '../energy/running-period.ts';
import { findScope } from '../figures/scopes.ts';
import { unitsOf } from '../kpis/quantities.ts';
import { EnergyAlarms, EnergyBaseline, EnergyExplanation, EnergyForecast } from './energy-outlook-schemas.ts';
import { alarmView, explanationView, outlookView } from './energy-outlook-views.ts';
import { BaselineQuery, baselineAsked, ExplanationQuery, ForecastQuery } from './energy-query.ts';
import { askedView } from './energy-views.ts';
import { evidenceOf } from './evidence.ts';
import { type ApiServer, type PartsOf, readScope } from './parts.ts';
import { ScopeQuery, windowOf } from './query.ts';
import { spanView } from './span-view.ts';

/** What energy should be: baselines, forecasts, limits with their alarms, and why one was exceeded. */
export function energyOutlookRoutes(app: ApiServer, parts: PartsOf): void {
  baselineRoute(app, parts);
  forecastRoute(app, parts);
  alarmRoute(app, parts);
  explanationRoute(app, parts);
}

function baselineRoute(app: ApiServer, parts: PartsOf): void {
  app.get(
    '/api/v1/energy/baseline',
    {
      config: readScope,
      schema: {
        summary: 'Energy against a baseline (ISO 50006), with its quality and the cumulative savings',
        querystring: BaselineQuery,
        response: { 200: EnergyBaseline },
      },
    },
    async ({ query }) => {
      const { plant, scopes, figures, now } = parts();
      const scope = findScope(scopes, query.scope);
      const [window, now_ns] = [windowOf(query), now()];
      const { id, window: fittedOver, ...asked } = baselineAsked(query, plant.plant.energy, scope);
      windowOf({ from: fittedOver.from_ns, to: fittedOver.to_ns });
      const points = (over: typeof window) => baselinePoints(figures, scope, asked, over, now_ns);
      const fitted = fitBaseline(asked, await points(fittedOver));
      const periods = fitted.status === 'ok' ? performanceOf(fitted.model, await points(window)) : [];
      const told = periods.filter(({ saving }) => saving !== undefined);
      const saving = told.at(-1)?.cusum;
      const evidence = await evidenceOf(
        parts(),
        { scope, window },
        {
          fitted: asked.model === 'ratio' ? 'energy_baseline_ratio' : 'energy_baseline_regression',
          saving: 'energy_saving',
          periods: 'energy_saving',
        },
      );
      return {
        ...askedView(scope, window),
        evidence,
        ...asked,
        unit: new EnergyRules(plant).unitOf(asked.carrier),
        ...(id !== undefined && { baseline: id }),
        fitted: { ...spanView(fittedOver), ...fitView(fitted) },
        ...(saving !== undefined && { saving }),
        periods: periods.map(({ from_ns, to_ns, ...rest }) => ({ ...spanView({ from_ns, to_ns }), ...rest })),
      };
    },
  );
}

function fitView(fitted: FittedBaseline) {
  if (fitted.status !== 'ok') return fitted;
  const { slopes, ...model } = fitted.model;
  return { status: fitted.status, ...model, slopes: [...slopes] };
}

function forecastRoute(app: ApiServer, parts: PartsOf): void {
  app.get(
    '/api/v1/energy/forecast',
    {
      config: readScope,
      schema: {
        summary: 'What the running day, week or month of a scope will come to',
        querystring: ForecastQuery,
        response: { 200: EnergyForecast },
      },
    },
    async ({ query }) => {
      const { plant, scopes, figures, now } = parts();
      const scope = findScope(scopes, query.scope);
      const { carrier, period } = query;
      const running = await new PeriodForecasts(figures).at({ scope, carrier }, period, now());
      const { used, outlook, known_days } = running;
      const formulas = { used: 'carrier_energy', outlook: 'energy_forecast' } as const;
      return {
        ...askedView(scope, running),
        evidence: await evidenceOf(parts(), { scope, window: running }, formulas),
        carrier,
        unit: new EnergyRules(plant).unitOf(carrier),
        period,
        status: used.nano === undefined || outlook ? used.status : ('too_little_history' as const),
        ...(used.nano !== undefined && { used: unitsOf(used.nano) }),
        ...(outlook && { outlook: outlookView(outlook) }),
        known_days,
      };
    },
  );
}

function alarmRoute(app: ApiServer, parts: PartsOf): void {
  app.get(
    '/api/v1/energy/alarms',
    {
      config: readScope,
      schema: {
        summary: 'Limits of a scope and what is below it: warnings and alarms of each period in the window',
        querystring: ScopeQuery,
        response: { 200: EnergyAlarms },
      },
    },
    async ({ query }) => {
      const { plant, scopes, limits: book, now } = parts();
      const scope = findScope(scopes, query.scope);
      const [window, now_ns] = [windowOf(query), now()];
      const rules = new EnergyRules(plant);
      const alarms = [];
      for (const limit of book.limitsIn(scope))
        for (const alarm of await book.alarms(limit, window, now_ns)) {
          const exceeded = alarm.state !== 'none' && alarm.state !== 'warning';
          const exceeded_ns = exceeded ? await book.exceededAt(limit, alarm, now_ns) : undefined;
          alarms.push(alarmView(alarm, { unit: rules.unitOf(limit.carrier), exceeded_ns }));
        }
      return { ...askedView(scope, window), alarms };
    },
  );
}

function explanationRoute(app: ApiServer, parts: PartsOf): void {
  app.get(
    '/api/v1/energy/explanation',
    {
      config: readScope,
      schema: {
        summary:
          'Which machine, state and product made a period use more or less than is usual for the scope',
        querystring: ExplanationQuery,
        response: { 200: EnergyExplanation },
      },
    },
    async ({ query }) => {
      const { plant, scopes, figures, now } = parts();
      const scope = findScope(scopes, query.scope);
      const { carrier, period: kind } = query;
      const period = periodAround(scope.time_zone, kind, query.at);
      const now_ns = now();
      if (period.from_ns >= now_ns)
        throw new BenchlineError('bad_request', `the ${kind} of ${isoFromNs(query.at)} is yet to come`, {
          hint: 'ask for an instant in a period that has begun',
        });
      const told = await explainPeriod(figures, { scope, carrier }, { kind, period, now_ns });
      const unit = new EnergyRules(plant).unitOf(carrier);
      const evidence = await evidenceOf(
        parts(),
        { scope, window: told },
        {
          actual: 'carrier_energy',
          usual: 'carrier_energy',
          difference: 'energy_contribution',
          contributions: 'energy_contribution',
        },
      );
      return { ...explanationView(scope, told, { carrier, unit, period: kind }), evidence };
    },
  );
}
