import { BenchlineError } from '../error.ts';

/**
 * The address of a server that an option names.
 * @throws BenchlineError `usage` for what is none.
 */
export function addressOf(option: string, text: string): URL {
  const url = URL.parse(text);
  if (url && ['http:', 'https:'].includes(url.protocol)) return url;
  throw new BenchlineError('usage', `--${option} ${text} is no address`, {
    hint: 'write it like http://127.0.0.1:8080',
  });
}
