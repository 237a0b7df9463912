import { BenchlineError } from '../error.ts';
import { readText } from './load.ts';

/** The first line of a file that holds a password. @throws BenchlineError `config_invalid` when it cannot be read. */
export function readPassword(file: string): string {
  return readText(file).split(/\r?\n/, 1)[0] ?? '';
}

/**
 * The first line of a file that holds a token, without the space around it.
 * @throws BenchlineError `config_invalid` when it cannot be read, or there is none.
 */
export function readToken(file: string): string {
  const token = readPassword(file).trim();
  if (token) return token;
  throw new BenchlineError('config_invalid', `there is no token in ${file}: its first line is empty`, {
    hint: 'put the token or password on its first line',
  });
}
