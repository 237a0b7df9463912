import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Environment, MetricsStore } from './fault.ts';

/** Where Debian puts servers, which is not on everybody's PATH. */
const systemFolders = ['/usr/sbin', '/usr/local/sbin'];

/** What this computer has, for a system of one sort. */
export function thisEnvironment(metrics_store: MetricsStore): Environment {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...systemFolders];
  return {
    root: process.getuid?.() === 0,
    metrics_store,
    program: (name) => folders.map((folder) => join(folder, name)).find(isExecutable),
  };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
