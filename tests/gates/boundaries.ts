/**
 * Who may import what, in words of its own: the test plants every pair and compares, so that a slip in the
 * patterns of .oxlintrc.json shows on either side.
 */
const entrances = {
  model: ['@benchline/model', '@benchline/model/door', '@benchline/model/sparkplug'],
  store: ['@benchline/store', '@benchline/store/journal'],
  gateway: ['@benchline/gateway'],
  ingest: ['@benchline/ingest'],
  metrics: ['@benchline/metrics'],
  dashboards: ['@benchline/dashboards'],
  simulators: ['@benchline/simulators'],
  tests: ['@benchline/tests/commands'],
} as const;

type Package = keyof typeof entrances;

const mayImport: Readonly<Record<Package, readonly string[]>> = {
  model: [],
  store: entrances.model,
  gateway: [...entrances.model, '@benchline/store/journal'],
  ingest: [...entrances.model, ...entrances.store],
  metrics: [...entrances.model, ...entrances.store],
  dashboards: entrances.model,
  simulators: ['@benchline/model', '@benchline/model/door'],
  tests: [...entrances.model, ...entrances.simulators],
};

export interface Crossing {
  from: Package;
  specifier: string;
  allowed: boolean;
}

/** Every package's every import of every other package's entrance. */
export function crossings(): Crossing[] {
  const packages = Object.keys(entrances) as Package[];
  const specifiers = Object.values(entrances).flat();
  return packages.flatMap((from) =>
    specifiers
      .filter((specifier) => !specifier.startsWith(`@benchline/${from}`))
      .map((specifier) => ({ from, specifier, allowed: mayImport[from].includes(specifier) })),
  );
}
