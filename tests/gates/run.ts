/** `npm run gates [-- NAME…]`: every gate, or the named ones; ends with `N passed, N failed`. */
import { resolve } from 'node:path';
import { gates, runScript } from './gates.ts';

const root = resolve(import.meta.dirname, '../..');
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !gates.some((gate) => gate === name));
if (unknown.length > 0) {
  process.stderr.write(`there is no gate ${unknown.join(', ')}; the gates are ${gates.join(', ')}\n`);
  process.exit(2);
}

let failed = 0;
const chosen = gates.filter((gate) => asked.length === 0 || asked.includes(gate));
for (const gate of chosen) {
  const verdict = runScript(gate, root);
  if (!verdict.passed) {
    failed += 1;
    process.stdout.write(`${verdict.output.trimEnd()}\n`);
  }
  process.stdout.write(
    `${gate}: ${verdict.passed ? 'passed' : 'FAILED'} in ${verdict.took_s.toFixed(1)} s\n`,
  );
}
process.stdout.write(`${chosen.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;
