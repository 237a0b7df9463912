import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** A copy of the working tree in a temporary directory, with a git repository of its own. */
export interface TreeCopy {
  directory: string;
  /** Paths that differ from the tree as it was copied, as `git status --porcelain` writes them. */
  changes(): string;
  remove(): void;
}

/**
 * Copies what git tracks or would track. Installed packages are linked, not copied; our own packages are
 * linked to their copies, so that nothing in the copy reads the tree it came from.
 */
export function copyTree(): TreeCopy {
  const directory = mkdtempSync(join(tmpdir(), 'benchline-gates-'));
  for (const path of trackable()) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    cpSync(join(root, path), join(directory, path));
  }
  linkPackages(directory);
  git(directory, 'init', '--quiet');
  git(directory, 'add', '--all');
  return {
    directory,
    changes: () =>
      `${git(directory, 'diff', '--name-status')}${git(directory, 'ls-files', '--others', '--exclude-standard')}`,
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function trackable(): string[] {
  const listed = git(root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0');
  // A file deleted but not yet committed is still listed.
  return listed.filter((path) => path !== '' && existsSync(join(root, path)));
}

function linkPackages(directory: string): void {
  for (const holder of ['', ...workspacesWithPackages()]) {
    const from = join(root, holder, 'node_modules');
    const to = join(directory, holder, 'node_modules');
    mkdirSync(to, { recursive: true });
    for (const name of readdirSync(from)) {
      // Their links are relative, and mean the copy when they stand in the copy.
      if (name === '.bin' || name === '@benchline') copyLinks(join(from, name), join(to, name));
      else symlinkSync(join(from, name), join(to, name));
    }
  }
}

function workspacesWithPackages(): string[] {
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders
    .map((entry) => entry.name)
    .filter((name) => name !== 'node_modules' && existsSync(join(root, name, 'node_modules')));
}

function copyLinks(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) symlinkSync(readlinkSync(join(from, name)), join(to, name));
}

function git(directory: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd: directory, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}
