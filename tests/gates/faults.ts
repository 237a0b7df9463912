import { type Crossing, crossings } from './boundaries.ts';
import type { Gate } from './gates.ts';

/** Files to write into a copy of the tree, and what the gate must then say; or must not say. */
export interface Fault {
  /** What is wrong, for a person. */
  name: string;
  /** By path: the text of a new file, or how to change the one that is there. */
  files: Readonly<Record<string, string | ((text: string) => string)>>;
  /** Each must match the gate's output. */
  says: readonly RegExp[];
  /** None may match it: what is planted besides and allowed. */
  spares?: readonly RegExp[];
}

/** At least one fault per gate. The faults of one gate are planted together, and each must be named. */
export const faults: Readonly<Record<Gate, readonly Fault[]>> = {
  'format:check': [
    {
      name: 'a badly formatted file',
      files: { 'model/src/planted.ts': 'export   const planted={a:1}\n' },
      says: [/model\/src\/planted\.ts/],
    },
  ],
  lint: [...lintFaults(), ...boundaryFaults()],
  types: [
    {
      name: 'a type error',
      files: { 'model/src/planted.ts': "export const planted: number = 'seven';\n" },
      says: [/model\/src\/planted\.ts\(1,14\): error TS2322/],
    },
    {
      name: 'an enum, which type stripping cannot run',
      files: { 'store/src/planted.ts': 'export enum Planted {\n  one,\n}\n' },
      says: [/store\/src\/planted\.ts\(1,13\): error TS1294/],
    },
  ],
  unused: [
    {
      name: 'a file that nothing imports',
      files: { 'ingest/src/planted.ts': 'export const planted = 7;\n' },
      says: [/ingest\/src\/planted\.ts/],
    },
    {
      name: 'an export that nothing imports',
      files: { 'model/src/cli/run.ts': (text) => `${text}\nexport const plantedExport = 7;\n` },
      says: [/plantedExport\s+model\/src\/cli\/run\.ts/],
    },
    {
      name: 'a dependency that nothing imports',
      files: {
        'gateway/package.json': (text) =>
          text.replace('"dependencies": {', '"dependencies": {\n    "fastify": "5.12.8",'),
      },
      says: [/fastify\s+gateway\/package\.json/],
    },
    {
      name: 'an import of a package that is not declared',
      files: { 'simulators/tests/planted.test.ts': "import 'aedes';\n" },
      says: [/aedes\s+simulators\/tests\/planted\.test\.ts/],
    },
  ],
  'unused:strict': [
    {
      name: 'a file that only a test imports',
      files: {
        'store/src/planted.ts': 'export const planted = 7;\n',
        'store/tests/planted.test.ts': "import '../src/planted.ts';\n",
      },
      says: [/store\/src\/planted\.ts/],
    },
    {
      name: 'a dependency that only a test imports',
      files: {
        'store/tests/planted-too.test.ts': "import 'mqtt';\n",
        'store/package.json': (text) =>
          text.replace('"dependencies": {', '"dependencies": {\n    "mqtt": "5.16.0",'),
      },
      says: [/mqtt\s+store\/package\.json/],
    },
  ],
  'generate:check': [
    editedByHand('dashboards/generated/plant-overview.en.json'),
    editedByHand('metrics/openapi.json'),
    editedByHand('model/docs/plant.md'),
  ],
};

function editedByHand(path: string): Fault {
  return {
    name: `${path} was edited by hand`,
    files: { [path]: (text) => `${text} ` },
    says: [new RegExp(path)],
  };
}

function lintFaults(): Fault[] {
  const rule = (name: string, says: string, text: string, path = 'ingest/src/planted-rule.ts'): Fault => {
    const own = path.replace('planted-rule', `planted-${name.replaceAll(/\W+/g, '-')}`);
    return { name, files: { [own]: text }, says: [new RegExp(`${own}:\\d+:\\d+: .*/${says}`)] };
  };
  const test = 'ingest/tests/planted-rule.test.ts';
  const vitest = "import { it, vi } from 'vitest';\n";
  return [
    rule('floating promise', 'typescript\\(no-floating-promises', 'Promise.resolve(1);\n'),
    rule(
      'misused promise',
      'typescript\\(no-misused-promises',
      'if (Promise.resolve(1)) process.exitCode = 1;\n',
    ),
    rule('any', 'typescript\\(no-explicit-any', 'export const planted = (x: any) => x === 1;\n'),
    rule('unsafe call', 'typescript\\(no-unsafe-call', "export const planted = () => JSON.parse('')();\n"),
    rule('unused variable', 'eslint\\(no-unused-vars', 'const planted = 1;\n'),
    rule('console', 'eslint\\(no-console', 'console.log(1);\n'),
    rule('todo', 'eslint\\(no-warning-comments', '// TODO: later\n'),
    rule('long file', 'eslint\\(max-lines', 'export {};\n'.repeat(301)),
    rule('only', 'vitest\\(no-focused-tests', `${vitest}it.only('x', () => vi.now());\n`, test),
    rule('silent skip', 'vitest\\(no-disabled-tests', `${vitest}it.skip('x', () => vi.now());\n`, test),
    rule('skip if', 'benchline\\(explained-skip', `${vitest}it.skipIf(vi)('x', () => {});\n`, test),
    rule('skip unsaid', 'benchline\\(explained-skip', `${vitest}it('x', (c) => c.skip());\n`, test),
    rule(
      'module mock',
      'vitest\\(no-restricted-vi-methods',
      `${vitest}vi.mock('node:fs');\nit('x', () => {});\n`,
      test,
    ),
    rule('dynamic sibling', 'benchline\\(no-dynamic-sibling', "await import('@benchline/metrics');\n"),
    rule(
      'type sibling',
      'benchline\\(no-dynamic-sibling',
      "export type P = import('@benchline/metrics').P;\n",
    ),
    rule('climb', 'benchline\\(stay-inside', "export * from '../../metrics/src/index.ts';\n"),
    {
      name: 'import cycle',
      files: {
        'metrics/src/planted-a.ts': "import { b } from './planted-b.ts';\nexport const a = () => b;\n",
        'metrics/src/planted-b.ts': "import { a } from './planted-a.ts';\nexport const b = () => a;\n",
      },
      says: [/metrics\/src\/planted-[ab]\.ts:\d+:\d+: .*\/import\(no-cycle/],
    },
  ];
}

/** One file per folder of sources with one forbidden or allowed import a line. */
function boundaryFaults(): Fault[] {
  const all = crossings();
  return [...new Set(all.map((crossing) => crossing.from))].map((from) => {
    const own = all.filter((crossing) => crossing.from === from);
    const path = `${from}/planted-imports.ts`;
    const finding = (crossing: Crossing) =>
      new RegExp(`${path}:${own.indexOf(crossing) + 1}:\\d+: .*/eslint\\(no-restricted-imports`);
    return {
      name: `imports of ${from}`,
      files: { [path]: own.map((crossing) => `export * from '${crossing.specifier}';\n`).join('') },
      says: own.filter((crossing) => !crossing.allowed).map(finding),
      spares: own.filter((crossing) => crossing.allowed).map(finding),
    };
  });
}
