import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const sources = resolve(import.meta.dirname, '../src');

/** Everything of OPC UA by which a client changes a server (OPC 10000-4: Write, HistoryUpdate, Call, NodeManagement). */
const changing =
  /\b(write|writeSingleNode|writeSingleAttribute|setVariableValue|historyUpdate|HistoryUpdate\w*|WriteRequest|WriteValue|CallRequest|CallMethodRequest\w*|AddNodes\w*|DeleteNodes\w*|AddReferences\w*|DeleteReferences\w*|TransferSubscriptions\w*)\b|session\s*\.\s*call\b/;

test('nothing in the gateway can write to a controller, call it or change its history', () => {
  const files = globSync('**/*.ts', { cwd: sources });
  const opcua = files.filter((file) => /from 'node-opcua/.test(readFileSync(resolve(sources, file), 'utf8')));
  expect(opcua.length).toBeGreaterThan(3);
  expect(opcua.every((file) => file.startsWith('sources/opcua/'))).toBe(true);
  for (const file of files.filter((f) => f.startsWith('sources/')))
    expect({ file, found: changing.exec(readFileSync(resolve(sources, file), 'utf8'))?.[0] }).toEqual({
      file,
    });
});

test('what devices hear from the gateway is one topic of confirmations', () => {
  const published = globSync('sources/mqtt/*.ts', { cwd: sources }).flatMap((file) =>
    [...readFileSync(resolve(sources, file), 'utf8').matchAll(/\.publish(?:Async)?\(([^,]*),/g)].map((m) => [
      file,
      m[1],
    ]),
  );
  expect(published).toEqual([['sources/mqtt/source.ts', 'this.#topic']]);
});
