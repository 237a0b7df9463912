import { interrupted } from '../../src/cli/interrupted.ts';
import { exitWithSupervisor, ready } from '../../src/service/process.ts';

/** A service as small as can be: says that it is ready, and ends in order when told to, unless it is stubborn. */
const signal = exitWithSupervisor(interrupted());
const work = setInterval(() => {}, 1000);
signal.addEventListener('abort', () => {
  process.stdout.write(`stopping: ${String(signal.reason)}\n`);
  if (!process.argv.includes('stubborn')) clearInterval(work);
});
ready({ http_port: 4711, endpoint: 'opc.tcp://127.0.0.1:4840' });
