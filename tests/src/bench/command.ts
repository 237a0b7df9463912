import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BenchlineError, type Command, describeError } from '@benchline/model';
import { accounts } from './accounts.ts';
import type { Bench } from './bench.ts';
import { embedded } from './embedded.ts';
import { influxdb } from './influxdb.ts';
import { kpi } from './kpi.ts';
import { load } from './load.ts';
import { opcua } from './opcua.ts';
import { absent, type Row } from './row.ts';
import { sparkplug } from './sparkplug.ts';
import { spool } from './spool.ts';
import { tableOf } from './table.ts';

/** In the order of the way of the data. */
const benches: Readonly<Record<string, Bench>> = {
  spool,
  sparkplug,
  influxdb,
  embedded,
  opcua,
  load,
  accounts,
  kpi,
};

/** `benchline bench`: how fast each stage is, as ratios to limits measured in turns with it. */
export const bench: Command = {
  summary: 'measure speed as ratios to limits found in the same run',
  usage: '[--json FILE] [--only NAME,…] [--quick]',
  options: {
    json: { type: 'string', value: 'FILE', help: 'also write the figures as a JSON list' },
    only: { type: 'string', value: 'NAME,…', help: `some of: ${Object.keys(benches).join(', ')}` },
    quick: { type: 'boolean', help: 'smaller sizes and fewer turns: a look, not a verdict' },
  },
  async run({ values, signal }) {
    const chosen = choose(typeof values['only'] === 'string' ? values['only'] : undefined);
    const rows: Row[] = [];
    let failed = false;
    for (const [name, stage] of chosen) {
      process.stderr.write(`${name}: ${stage.summary}\n`);
      try {
        rows.push(
          ...(await inFolder((folder) => stage.run({ quick: values['quick'] === true, folder, signal }))),
        );
      } catch (error) {
        if (signal.aborted) return 1;
        failed = true;
        process.stderr.write(`${name} could not be measured: ${describeError(error)}\n`);
        rows.push(absent(name, '', `failed: ${error instanceof Error ? error.message : String(error)}`));
      }
    }
    process.stdout.write(tableOf(rows));
    if (typeof values['json'] === 'string')
      writeFileSync(values['json'], `${JSON.stringify(rows, null, 2)}\n`);
    return failed ? 1 : 0;
  },
};

function choose(only: string | undefined): [string, Bench][] {
  const all = Object.entries(benches);
  if (only === undefined) return all;
  const names = only.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !Object.hasOwn(benches, name));
  if (unknown.length > 0)
    throw new BenchlineError('usage', `--only ${unknown.join(',')} is nothing that is measured`, {
      hint: `choose among ${Object.keys(benches).join(', ')}`,
    });
  return all.filter(([name]) => names.includes(name));
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'benchline-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
