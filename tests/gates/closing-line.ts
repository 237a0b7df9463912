import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';

const cannotRunHere = 'cannot run here: ';
/** So many files are named as the slowest, where there are more. */
const slowestCount = 8;

/** The end of a run; the lists hold one finished line per test. */
interface Tally {
  passed: number;
  failed: number;
  skipped: string[];
  /** Skips for want of something that no computer of ours can be given: allowed everywhere. */
  elsewhere: string[];
  /** Skips that count as failures: without a reason, or where none are allowed. */
  refused: string[];
}

/**
 * Ends a test run with the files that took longest, each skipped test and its reason, and then the line
 * `N passed, N failed` (`, N skipped` where there are some).
 *
 * A test skips itself by `ctx.skip('reason')` or `ctx.skip(condition, 'reason')`; a skip without a reason
 * counts as failed, unless tests were picked by name (`-t`). With `BENCHLINE_NO_SKIP=1` every skip does, but for
 * one kind: a reason that begins with `cannot run here: ` names what is no package that could be installed (an
 * engine for containers). Such a test is listed apart, and other tests have to check what they can without it.
 */
export class ClosingLine implements Reporter {
  readonly #skipsAllowed: boolean;
  #pickedByName = false;

  constructor(skipsAllowed = process.env['BENCHLINE_NO_SKIP'] !== '1') {
    this.#skipsAllowed = skipsAllowed;
  }

  onInit(vitest: Vitest): void {
    this.#pickedByName = vitest.config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tally: Tally = {
      passed: 0,
      failed: unhandledErrors.length,
      skipped: [],
      elsewhere: [],
      refused: [],
    };
    for (const module of modules) {
      tally.failed += brokenParts(module);
      for (const test of module.children.allTests()) this.#add(tally, test);
    }
    if (tally.failed + tally.refused.length > 0) process.exitCode = 1;
    process.stdout.write([...section('Slowest files:', slowest(modules)), closing(tally)].join('\n'));
  }

  #add(tally: Tally, test: TestCase): void {
    const result = test.result();
    if (result.state === 'passed') tally.passed += 1;
    else if (result.state === 'failed') tally.failed += 1;
    else if (result.state === 'skipped') this.#addSkipped(tally, test, result.note);
  }

  #addSkipped(tally: Tally, test: TestCase, note: string | undefined): void {
    if (note === undefined && this.#pickedByName) return;
    if (note?.startsWith(cannotRunHere)) {
      tally.elsewhere.push(lineOf(test, note));
      return;
    }
    const refused = !this.#skipsAllowed || (note === undefined && !parentFailed(test));
    const reason = note ?? (parentFailed(test) ? 'the suite around it failed' : 'NO REASON GIVEN');
    (refused ? tally.refused : tally.skipped).push(lineOf(test, reason));
  }
}

/** Where the time of a run went, so that a slow one can be compared with others; few files need no list. */
function slowest(modules: readonly TestModule[]): string[] {
  if (modules.length <= slowestCount) return [];
  const taken = modules.map((module) => ({
    file: module.relativeModuleId,
    ms: module.diagnostic().duration,
  }));
  return taken
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, slowestCount)
    .map(({ file, ms }) => `  ${(ms / 1000).toFixed(1).padStart(6)} s  ${file}`);
}

function lineOf(test: TestCase, reason: string): string {
  return `  ${test.module.relativeModuleId} > ${test.fullName}: ${reason}`;
}

function parentFailed(test: TestCase): boolean {
  for (let parent = test.parent; parent.type === 'suite'; parent = parent.parent)
    if (parent.errors().length > 0) return true;
  return test.module.errors().length > 0;
}

/** Files that could not be read and hooks that failed: no test of theirs is counted as failed otherwise. */
function brokenParts(module: TestModule): number {
  const suites = [...module.children.allSuites()].filter((suite) => suite.errors().length > 0);
  return suites.length + (module.errors().length > 0 ? 1 : 0);
}

function closing({ passed, failed, skipped, elsewhere, refused }: Tally): string {
  const lines = [
    ...section('Skipped:', skipped),
    ...section('Skipped, because this computer cannot run them:', elsewhere),
    ...section('Skipped, and counted as failed (no reason, or BENCHLINE_NO_SKIP=1):', refused),
  ];
  const unrun = skipped.length + elsewhere.length;
  const tail = unrun > 0 ? `, ${unrun} skipped` : '';
  return `${[...lines, `${passed} passed, ${failed + refused.length} failed${tail}`].join('\n')}\n`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length > 0 ? [title, ...lines, ''] : [];
}
