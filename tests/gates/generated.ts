/** `npm run generate:check`: generates everything in a copy of the tree; fails when a file comes out otherwise. */
import { copyTree } from './copy.ts';
import { runScript } from './gates.ts';

const copy = copyTree();
try {
  const generation = runScript('generate', copy.directory);
  const changes = copy.changes();
  if (!generation.passed) fail(`npm run generate failed:\n${generation.output}`);
  else if (changes !== '') fail(`out of date; run npm run generate and commit what it writes:\n${changes}`);
} finally {
  copy.remove();
}

function fail(message: string): void {
  process.stderr.write(`${message.trimEnd()}\n`);
  process.exitCode = 1;
}
