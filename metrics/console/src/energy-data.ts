import { api, get, span, type Window } from './api.ts';
import { type BaselineChoice, noBaseline } from './energy-outlook.ts';
import type {
  EnergyAlarm,
  EnergyAlarms,
  EnergyBaseline,
  EnergyByState,
  EnergyCosts,
  EnergyExplanation,
  EnergyForecast,
  EnergySummary,
  KpiResult,
  MeterBalance,
} from './types.ts';

const dayMs = 86_400_000;
/** What is looked back on for baselines, and what is compared with them, each. */
const baselineDays = 28;

/** What the page of energy shows, as far as it was answered. */
export interface Answers {
  summary: { energy: EnergySummary; kpis: KpiResult };
  limits: EnergyAlarms;
  forecast: EnergyForecast[];
  /** Drawn with the limit that it is of. */
  explanation: EnergyExplanation | undefined;
  states: EnergyByState;
  tariff: EnergyCosts;
  balance: MeterBalance;
  /** Undefined while none is chosen. */
  baseline: EnergyBaseline | undefined;
}

export interface Asked {
  scope: string;
  window: Window;
  baseline: BaselineChoice;
  /** The alarm that is to be explained. */
  explained: EnergyAlarm | undefined;
}

type Questions = { [K in keyof Answers]: () => Promise<Answers[K]> };

/** How each part of the page is asked for, so that one that takes long keeps none of the others waiting. */
export function questionsOf({ scope, window, baseline, explained }: Asked): Questions {
  const asked = { scope, ...span(window) };
  const now = new Date();
  const lastDay = { from: new Date(now.getTime() - dayMs), to: now, open: true };
  return {
    async summary() {
      const [energy, kpis] = await Promise.all([
        get<EnergySummary>('energy/summary', asked),
        api.kpis(scope, window),
      ]);
      return { energy, kpis };
    },
    limits: () => get('energy/alarms', { scope, ...span(lastDay) }),
    forecast: () =>
      Promise.all(
        ['day', 'week', 'month'].map((period) => get<EnergyForecast>('energy/forecast', { scope, period })),
      ),
    explanation: async () => (explained ? await explanationOf(explained) : undefined),
    states: () => get('energy/by-state', asked),
    tariff: () => get('energy/tariff', asked),
    balance: () => get('energy/balance', asked),
    baseline: async () =>
      baseline.baseline === noBaseline
        ? undefined
        : await get<EnergyBaseline>('energy/baseline', { scope, ...baselineQuery(baseline, now) }),
  };
}

async function explanationOf({ scope, carrier, period, from }: EnergyAlarm): Promise<EnergyExplanation> {
  return await get('energy/explanation', { scope, carrier, period, at: from });
}

function baselineQuery({ baseline, ...fit }: BaselineChoice, now: Date): Record<string, string> {
  const before = (days: number) => new Date(now.getTime() - days * dayMs).toISOString();
  const window = { from: before(baselineDays), to: now.toISOString() };
  if (baseline !== 'recent') return { ...window, baseline };
  return { ...window, ...fit, baseline_from: before(2 * baselineDays), baseline_to: window.from };
}
