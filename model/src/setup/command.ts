import type { Command } from '../command.ts';
import { BenchlineError } from '../error.ts';
import { makeSecrets } from './secrets.ts';

/** `benchline setup`: the keys, tokens and passwords of a composed installation. */
export const setup: Command = {
  summary: 'make the keys, tokens and passwords of an installation, once',
  usage: '--out DIR',
  options: {
    out: { type: 'string', value: 'DIR', help: 'folder that gets one folder of secrets for each service' },
  },
  run({ values }) {
    if (typeof values['out'] !== 'string')
      throw new BenchlineError('usage', '--out is needed', { hint: 'benchline setup --out secrets' });
    const made = makeSecrets(values['out']);
    process.stdout.write(
      made.length > 0
        ? `${made.length} secrets made in ${values['out']}; none of them is shown\n`
        : `${values['out']} holds its secrets already; nothing was changed\n`,
    );
    return Promise.resolve(0);
  },
};
