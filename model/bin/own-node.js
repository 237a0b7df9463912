// Plain JavaScript, because it has to run under a Node that cannot read TypeScript.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const least = 24;

/** Whether this process already runs under a Node that Benchline can use. */
export const recentEnough = Number(process.versions.node.split('.')[0]) >= least;

/**
 * The Node to run under: this one, or the one the lockfile brings. npm puts that one on the PATH of its
 * scripts, but npm 10, which Node 20 comes with, deletes `.bin/node` again as it drops the packages of the
 * other platforms, which claim the same name; so look for the package itself.
 * @returns the path of its program; undefined where none fits this computer
 */
function usableNode() {
  if (recentEnough) return process.execPath;
  const windows = process.platform === 'win32';
  const carrier = `node-${windows ? 'win' : process.platform}-${process.arch}`;
  const url = new URL(`../../node_modules/${carrier}/bin/node${windows ? '.exe' : ''}`, import.meta.url);
  const path = fileURLToPath(url);
  return existsSync(path) ? path : undefined;
}

/**
 * Runs `program` with a usable Node first on its PATH and ends as it ends; signals are passed on.
 * @param {string} program a program on the PATH, or `node`
 * @param {string[]} args
 */
export function runUnderOwnNode(program, args) {
  const node = usableNode();
  if (node === undefined) return refuse();
  const path = `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`;
  const child = spawn(program === 'node' ? node : program, args, {
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
  });
  // Ctrl-C reaches the child by itself, since it shares the terminal; a signal sent to us alone does not.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGHUP'));
  child.on('error', (error) => {
    process.stderr.write(`${program}: ${error.message}\n`);
    process.exitCode = 127;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? (code ?? 1) : 1;
  });
}

function refuse() {
  process.stderr.write(
    `Benchline runs under Node ${least} or newer; this is Node ${process.versions.node}, and none comes along ` +
      `for ${process.platform}-${process.arch}.\n  → install Node ${least} (https://nodejs.org), or run npm ci ` +
      'again without --omit=optional\n',
  );
  process.exitCode = 1;
}
