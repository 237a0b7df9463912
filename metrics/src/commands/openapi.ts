import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from '@benchline/model';
import { openApiText } from '../api/describe.ts';

const file = fileURLToPath(new URL('../../openapi.json', import.meta.url));

export const openapi: Command = {
  summary: 'write the OpenAPI description of the metrics API',
  usage: '[--check]',
  options: {
    check: { type: 'boolean', help: 'write nothing; fail when the committed description is out of date' },
  },
  async run({ values }) {
    const text = await openApiText();
    if (values['check'] !== true) {
      writeFileSync(file, text);
      return 0;
    }
    if (readFileSync(file, 'utf8') === text) return 0;
    process.stdout.write('metrics/openapi.json is out of date: benchline openapi\n');
    return 1;
  },
};
