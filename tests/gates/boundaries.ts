/**
 * Who may import what, in words of its own: the test plants every pair and compares, so that a slip in the
 * patterns of .oxlintrc.json shows on either side.
 */
const entrances = {
  model: ['@benchline/model', '@benchline/model/door', '@benchline/model/sparkplug'],
  store: [
    '@benchline/store',
    '@benchline/store/journal',
    '@benchline/store/influx',
    '@benchline/store/embedded',
  ],
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
  // Without the embedded store, whose native library would cost it memory for nothing.
  ingest: [...entrances.model, ...entrances.store.filter((entrance) => !entrance.endsWith('/embedded'))],
  metrics: [...entrances.model, ...entrances.store],
  dashboards: entrances.model,
  simulators: ['@benchline/model', '@benchline/model/door'],
  tests: [...entrances.model, ...entrances.simulators],
};

/** Folders that may import more than the rest of their package. */
const mayImportBesides: Readonly<Record<string, readonly string[]>> = {
  // Speed of a library is measured beside its limit in one process.
  'tests/src/bench': entrances.store,
};

export interface Crossing {
  /** Folder of sources. */
  from: string;
  specifier: string;
  allowed: boolean;
}

/** Every package's every import of every other package's entrance, also from the folders with a rule of their own. */
export function crossings(): Crossing[] {
  const packages = Object.keys(entrances) as Package[];
  const specifiers = Object.values(entrances).flat();
  const importsOf = (home: Package, from: string, allowed: readonly string[]) =>
    specifiers
      .filter((specifier) => !specifier.startsWith(`@benchline/${home}`))
      .map((specifier) => ({ from, specifier, allowed: allowed.includes(specifier) }));
  return [
    ...packages.flatMap((home) => importsOf(home, `${home}/src`, mayImport[home])),
    ...Object.entries(mayImportBesides).flatMap(([from, more]) => {
      const home = from.split('/')[0] as Package;
      return importsOf(home, from, [...mayImport[home], ...more]);
    }),
  ];
}
