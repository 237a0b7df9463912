import { BenchlineError, type ErrorCode } from '../error.ts';
import { nearest } from './nearest.ts';
import { type Path, pathText } from './path.ts';
import type { SourceText } from './source-text.ts';

/** One thing to mend in a file. */
export interface Problem {
  path: Path;
  /** Where to point: at the key itself or at what stands behind it. */
  at: 'key' | 'value';
  what: string;
  todo: string;
}

/** `did you mean 'calendar'?`, or the whole choice when it is small, or `fallback`. */
export function suggestion(word: string, candidates: readonly string[], fallback: string): string {
  const near = nearest(word, candidates);
  if (near !== undefined) return `did you mean '${near}'?`;
  return candidates.length > 0 && candidates.length <= 12
    ? `choose one of: ${candidates.join(', ')}`
    : fallback;
}

/** All problems of a file as one error, a line each: `file:line:column path: what is wrong → what to do`. */
export function problemsError(
  source: SourceText,
  code: ErrorCode,
  problems: readonly Problem[],
): BenchlineError {
  const located = problems.map((problem) => ({ problem, ...source.position(problem.path, problem.at) }));
  located.sort((a, b) => a.line - b.line || a.column - b.column);
  const lines = located.map(({ problem, line, column }) => {
    const path = pathText(problem.path);
    return `${source.file}:${line}:${column} ${path}${path && ': '}${problem.what} → ${problem.todo}`;
  });
  return new BenchlineError(code, [...new Set(lines)].join('\n'));
}
