import type { Command } from '../command.ts';
import { BenchlineError } from '../error.ts';

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
    const answer = await fetch(new URL('/healthz', values['url']), {
      signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
    });
    process.stdout.write(`${await answer.text()}\n`);
    return answer.ok ? 0 : 1;
  },
};
