/**
 * `npm run gates:selftest`: each gate must fail once its faults are planted in a copy of the tree, and name every
 * one of them; so must the refusal of skipped tests. That gates pass without faults is what `npm run gates` shows.
 * Ends with `N passed, N failed`.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { copyTree } from './copy.ts';
import { type Fault, faults } from './faults.ts';
import { finish, gates, runScript, type Verdict } from './gates.ts';

let passed = 0;
const failures: string[] = [];
const copy = copyTree();
const stop = () => {
  copy.remove();
  process.exit(130);
};
process.on('SIGINT', stop).on('SIGTERM', stop);
try {
  for (const gate of gates) {
    const verdict = planted(faults[gate], () => runScript(gate, copy.directory));
    judgeFaulty(gate, faults[gate], verdict);
  }
  judgeSkips();
} finally {
  copy.remove();
}
process.stdout.write(`${[...failures, `${passed} passed, ${failures.length} failed`].join('\n')}\n`);
process.exitCode = failures.length > 0 ? 1 : 0;

function judgeFaulty(
  gate: string,
  planned: readonly Fault[],
  { passed: missed, output, took_s }: Verdict,
): void {
  expect(!missed, `${gate} passes although faults are planted`, output);
  for (const fault of planned) {
    const unsaid = fault.says.filter((pattern) => !pattern.test(output));
    const wronged = (fault.spares ?? []).filter((pattern) => pattern.test(output));
    const found = [...unsaid.map((p) => `nothing matches ${p}`), ...wronged.map((p) => `${p} matches`)];
    expect(found.length === 0, `${gate}, ${fault.name}: ${found.join('; ')}`, output);
  }
  process.stdout.write(`${gate}: ${planned.length} faults planted (${took_s.toFixed(1)} s)\n`);
}

/**
 * A skipped test passes a run with its reason printed, and fails it where nothing may be skipped; one that cannot run
 * on a computer at all passes there too.
 */
function judgeSkips(): void {
  judgeSkip({ reason: 'planted reason', strict: false, passes: true });
  judgeSkip({ reason: 'planted reason', strict: true, passes: false });
  judgeSkip({ reason: 'cannot run here: planted reason', strict: true, passes: true });
}

function judgeSkip({ reason, strict, passes }: { reason: string; strict: boolean; passes: boolean }): void {
  const path = 'model/tests/planted.test.ts';
  const text = `import { it } from 'vitest';\nit('planted', (ctx) => ctx.skip('${reason}'));\n`;
  const fault: Fault = { name: 'a skipped test', files: { [path]: text }, says: [] };
  const env = { BENCHLINE_NO_SKIP: strict ? '1' : '' };
  const verdict = planted([fault], () => finish('vitest', ['run', path], copy.directory, env));
  const end = passes ? /\n0 passed, 0 failed, 1 skipped\n/ : /\n0 passed, 1 failed\n/;
  const told = verdict.output.includes(`planted: ${reason}`) && end.test(verdict.output);
  const name = `a test skipped because '${reason}'${strict ? ', where no skips are allowed' : ''}`;
  expect(verdict.passed === passes && told, name, verdict.output);
  process.stdout.write(`${name} (${verdict.took_s.toFixed(1)} s)\n`);
}

function expect(met: boolean, what: string, output: string): void {
  if (met) passed += 1;
  else failures.push(`FAILED: ${what}\n${indented(output)}`);
}

function indented(output: string): string {
  const lines = output.trimEnd().split('\n');
  const shown = lines.length > 40 ? [...lines.slice(0, 20), '…', ...lines.slice(-19)] : lines;
  return shown.map((line) => `    ${line}`).join('\n');
}

/** Runs with the faults in place, and takes them out again. */
function planted(planned: readonly Fault[], run: () => Verdict): Verdict {
  const undo: (() => void)[] = [];
  for (const { files } of planned)
    for (const [path, content] of Object.entries(files)) {
      const target = join(copy.directory, path);
      mkdirSync(dirname(target), { recursive: true });
      if (typeof content === 'string') {
        undo.push(() => rmSync(target));
        writeFileSync(target, content, { flag: 'wx' });
      } else {
        const before = readFileSync(target, 'utf8');
        undo.push(() => writeFileSync(target, before));
        writeFileSync(target, content(before));
      }
    }
  try {
    return run();
  } finally {
    for (const step of undo) step();
  }
}
