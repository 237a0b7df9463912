import { spawnSync } from 'node:child_process';

/** Everything but the tests that a change has to pass, quickest first; each is an npm script of the root. */
export const gates = ['format:check', 'lint', 'types', 'unused', 'unused:strict', 'generate:check'] as const;

export type Gate = (typeof gates)[number];

export interface Verdict {
  passed: boolean;
  /** What the gate wrote, standard output before standard error, without colours. */
  output: string;
  took_s: number;
}

/** Runs one npm script in `directory` and waits for its end. */
export function runScript(script: string, directory: string): Verdict {
  return finish('npm', ['run', '--silent', script], directory);
}

/** Runs any program of `node_modules/.bin` or the PATH in `directory`; `env` is added to our environment. */
export function finish(
  program: string,
  args: readonly string[],
  directory: string,
  env: Readonly<Record<string, string>> = {},
): Verdict {
  const start = performance.now();
  const done = spawnSync(program, args, {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', ...env },
    maxBuffer: 64 * 1024 * 1024,
  });
  if (done.error) throw done.error;
  const took_s = (performance.now() - start) / 1000;
  return { passed: done.status === 0, output: `${done.stdout}${done.stderr}`, took_s };
}
