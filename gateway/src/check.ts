import { readPassword } from '@benchline/model';
import { checkDoor } from '@benchline/model/door';
import type { Settings } from './settings.ts';

/**
 * Reads the files that settings name, as a start would, and opens nothing.
 * @throws BenchlineError `config_invalid` for the first one that cannot be used.
 */
export function checkFiles({ config, context }: Settings): void {
  for (const file of filesNamedIn(config)) readPassword(context.resolve(file));
  const { host, credentials_file } = config.http;
  checkDoor('gateway', {
    host,
    ...(credentials_file !== undefined && { credentials_file: context.resolve(credentials_file) }),
  });
}

/** Whatever stands under a key that ends in `_file`, in sources of any type. */
function filesNamedIn(section: object): string[] {
  return Object.entries(section).flatMap(([key, value]: [string, unknown]) => {
    if (typeof value === 'string') return key.endsWith('_file') ? [value] : [];
    return typeof value === 'object' && value !== null ? filesNamedIn(value) : [];
  });
}
