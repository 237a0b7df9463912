import { addressOf } from '../cli/address.ts';
import type { Command } from '../command.ts';
import { BenchlineError, describeError } from '../error.ts';

const patienceMs = 5000;

/** `benchline health`: whether a service says that it is well, for health checks of containers. */
export const health: Command = {
  summary: 'ask a service on this computer whether it is well',
  usage: '--url URL',
  options: {
    url: { type: 'string', value: 'URL', help: 'address of the service, for example http://127.0.0.1:8080' },
  },
  async run({ values, signal }) {
    if (typeof values['url'] !== 'string')
      throw new BenchlineError('usage', '--url is needed', {
        hint: 'benchline health --url http://127.0.0.1:8080',
      });
    const url = new URL('/healthz', addressOf('url', values['url']));
    const patience = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
    const answer = await fetch(url, { signal: patience }).catch((cause: unknown) => {
      throw new BenchlineError(
        'source_unavailable',
        `${url.origin} does not answer: ${describeError(cause)}`,
        {
          hint: 'check the address and that the service runs',
          cause,
        },
      );
    });
    process.stdout.write(`${await answer.text()}\n`);
    return answer.ok ? 0 : 1;
  },
};
