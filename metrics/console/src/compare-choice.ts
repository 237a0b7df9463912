import type { Catalogue, KpiId, Language } from './types.ts';

export const modes = ['periods', 'shifts', 'machines'] as const;
export const presets = ['today', 'yesterday', 'this_week', 'this_month', 'last_shift', 'custom'] as const;
export const againsts = ['previous', 'week_before', 'year_before'] as const;
export const grainChoices = ['whole', 'hour', 'shift', 'day', 'week', 'month'] as const;

/** What the page compares: all of it is in its address. */
export interface CompareChoice {
  language: Language;
  mode: (typeof modes)[number];
  /** Of the first only, unless machines are compared. Empty: what the page takes by itself. */
  scopes: readonly string[];
  kpis: readonly KpiId[];
  preset: (typeof presets)[number];
  /** Readings of the plant's wall clock, `2026-11-22T06:00`, when the window is a custom one. */
  from: string;
  to: string;
  against: (typeof againsts)[number];
  grain: (typeof grainChoices)[number];
}

const usualKpis: readonly KpiId[] = ['oee', 'good_items', 'energy_kwh_per_good_item'];

export function choiceFrom(query: URLSearchParams): CompareChoice {
  const oneOf = <T extends string>(name: string, all: readonly T[], usual: T): T =>
    all.find((id) => id === query.get(name)) ?? usual;
  const language = query.get('lang') ?? navigator.language.slice(0, 2);
  const kpis = query.getAll('kpi') as KpiId[];
  return {
    language: language === 'zh' ? 'zh' : 'en',
    mode: oneOf('mode', modes, 'periods'),
    scopes: query.getAll('scope'),
    kpis: kpis.length > 0 ? kpis : usualKpis,
    preset: oneOf('preset', presets, 'today'),
    from: query.get('from') ?? '',
    to: query.get('to') ?? '',
    against: oneOf('against', againsts, 'previous'),
    grain: oneOf('grain', grainChoices, 'whole'),
  };
}

export function addressOf({ language, scopes, kpis, preset, from, to, ...rest }: CompareChoice): string {
  const query = new URLSearchParams({ lang: language, ...rest, preset });
  if (preset === 'custom') for (const [name, value] of Object.entries({ from, to })) query.set(name, value);
  for (const scope of scopes) query.append('scope', scope);
  for (const kpi of kpis) query.append('kpi', kpi);
  return `?${query}`;
}

/** Of an address that somebody typed, what the catalogue has. */
export function knownKpis({ kpis }: CompareChoice, catalogue: Catalogue): KpiId[] {
  const known = catalogue.kpis.map(({ id }) => id).filter((id) => kpis.includes(id));
  return known.length > 0 ? known : [...usualKpis];
}
