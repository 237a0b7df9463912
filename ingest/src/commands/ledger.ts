import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  BenchlineError,
  type Command,
  openLog,
  readSigningKey,
  readTrustedKeys,
  type TrustedKeys,
  trustedKeys,
} from '@benchline/model';
import { InfluxConfig } from '@benchline/store/influx';
import { type IngestConfig, loadIngestConfig } from '../config.ts';
import { checkLedger, type LedgerReport } from '../ledger/check.ts';
import { journalFolder } from '../ledger/open.ts';
import { rebuildInflux } from '../rebuild/influx.ts';
import { Progress } from '../rebuild/progress.ts';
import { viewLedger } from '../rebuild/view.ts';

type Values = Parameters<Command['run']>[0]['values'];

export const ledger: Command = {
  summary: 'verify a ledger, or write it into a store anew',
  usage: 'check|rebuild --data DIR [--config FILE] …',
  positionals: ['check|rebuild'],
  options: {
    data: { type: 'string', value: 'DIR', help: 'the data_dir of an ingest, or a copy of it' },
    config: {
      type: 'string',
      value: 'FILE',
      help: "an ingest's configuration: its folder, keys, plant and store",
    },
    json: { type: 'boolean', help: 'print the result as JSON' },
    trusted: {
      type: 'string',
      value: 'DIR',
      help: 'check: folder with GATEWAY.pub of every gateway, for signatures',
    },
    'ledger-key': {
      type: 'string',
      value: 'FILE',
      help: "check: the ledger's own signing key, for what it signed itself",
    },
    plant: {
      type: 'string',
      value: 'FILE',
      help: 'rebuild: plant file; the last one in the ledger if absent',
    },
    store: { type: 'string', value: 'influx|embedded', help: 'rebuild: which store; influx with --config' },
    file: { type: 'string', value: 'FILE', help: 'rebuild: file of the embedded store' },
    'influx-url': { type: 'string', value: 'URL', help: 'rebuild: address of the InfluxDB server' },
    'influx-database': { type: 'string', value: 'NAME', help: 'rebuild: database of InfluxDB 1.x' },
    'influx-username': { type: 'string', value: 'NAME', help: 'rebuild: user of InfluxDB 1.x' },
    'influx-password-file': { type: 'string', value: 'FILE', help: 'rebuild: password of InfluxDB 1.x' },
    'influx-org': { type: 'string', value: 'NAME', help: 'rebuild: organization of InfluxDB 2.x' },
    'influx-bucket': { type: 'string', value: 'NAME', help: 'rebuild: bucket of InfluxDB 2.x' },
    'influx-token-file': { type: 'string', value: 'FILE', help: 'rebuild: token of InfluxDB 2.x' },
  },
  async run({ values, positionals: [action], signal }) {
    if (action !== 'check' && action !== 'rebuild')
      throw new BenchlineError('usage', `'${action}' is nothing to do with a ledger`, {
        hint: 'write check or rebuild',
      });
    const config = values['config'] === undefined ? undefined : loadIngestConfig(String(values['config']));
    const data = text(values, 'data') ?? config?.data_dir;
    if (data === undefined)
      throw new BenchlineError('usage', 'which ledger?', { hint: 'add --data DIR or --config ingest.yaml' });
    return action === 'check'
      ? await check(data, config, values)
      : await rebuild(data, config, values, signal);
  },
};

function text(values: Values, option: string): string | undefined {
  const value = values[option];
  return value === undefined ? undefined : String(value);
}

async function check(data: string, config: IngestConfig | undefined, values: Values): Promise<number> {
  const journal =
    [journalFolder(join(data, 'ledger')), journalFolder(data)].find((each) => existsSync(each)) ??
    (holdsSegments(data) ? data : undefined);
  if (journal === undefined)
    throw new BenchlineError('not_found', `there is no ledger in ${data}`, {
      hint: 'name the data_dir of an ingest, or a copy of it',
    });
  const report = await checkLedger({ journal, trusted: trustOf(config, values) });
  process.stdout.write(values['json'] === true ? `${JSON.stringify(report, null, 2)}\n` : asText(report));
  return report.sound ? 0 : 1;
}

/** Whether a folder is a journal itself. Any other folder without records would be a sound ledger of none. */
function holdsSegments(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.segment'));
}

/** Gateways' keys, and the ledger's for whoever has none there: what it made itself it signed itself. */
function trustOf(config: IngestConfig | undefined, values: Values): TrustedKeys | undefined {
  const folder = text(values, 'trusted') ?? config?.trusted_gateways_dir;
  if (folder === undefined) return undefined;
  if (!existsSync(folder))
    throw new BenchlineError('not_found', `there is no folder ${folder}`, {
      hint: 'name the folder of gateways’ public keys',
    });
  const gateways = readTrustedKeys(folder);
  const keyFile = text(values, 'ledger-key') ?? config?.key_file;
  if (keyFile === undefined) return gateways;
  const own = readSigningKey(keyFile);
  const ledgers = trustedKeys({ ledger: own.publicPem });
  return {
    owners: () => gateways.owners(),
    verify(owner, id, signed, signature) {
      if (id === own.id) ledgers.verify('ledger', id, signed, signature);
      else gateways.verify(owner, id, signed, signature);
    },
  };
}

function asText(report: LedgerReport): string {
  const lines = [
    `records ${report.floor} to ${report.next - 1}, ${report.bytes} bytes, content ${report.content_digest}`,
    `signatures ${report.signatures === 'checked' ? 'checked' : 'not checked: add --trusted DIR'}`,
  ];
  for (const [gateway, { head, days }] of Object.entries(report.gateways)) {
    lines.push(`${gateway}: epoch ${head.epoch} up to batch ${head.seq}`);
    for (const [day, { batches, observations }] of Object.entries(days))
      lines.push(
        `  ${day}  ${String(batches).padStart(9)} batches  ${String(observations).padStart(11)} observations`,
      );
  }
  for (const { from_offset, to_offset } of report.mended)
    lines.push(`records ${from_offset} to ${to_offset - 1} do not read back; the ledger says so itself`);
  for (const { kind, offset, file, detail, hint } of report.faults) {
    const where = [offset === undefined ? '' : `record ${offset}`, file ?? ''].filter(Boolean).join(', ');
    lines.push(`FAULT ${kind}${where === '' ? '' : ` (${where})`}: ${detail}`, `  → ${hint}`);
  }
  for (const [kind, count] of Object.entries(report.more)) lines.push(`and ${count} more of kind ${kind}`);
  lines.push(report.sound ? 'sound' : 'NOT SOUND');
  return `${lines.join('\n')}\n`;
}

async function rebuild(
  data: string,
  config: IngestConfig | undefined,
  values: Values,
  signal: AbortSignal,
): Promise<number> {
  const log = openLog('ledger');
  const view = await viewLedger(data, text(values, 'plant') ?? config?.plant, log);
  const progress = new Progress(view.next, (line) => process.stderr.write(`${line}\n`));
  if (text(values, 'store') === 'embedded') {
    const file = text(values, 'file');
    if (file === undefined)
      throw new BenchlineError('usage', '--store embedded needs the file to write', {
        hint: 'add --file FILE',
      });
    // DuckDB is large, and only this needs it.
    const { rebuildEmbedded } = await import('../rebuild/embedded.ts');
    await rebuildEmbedded(view, { file, progress, signal });
  } else await rebuildInflux(view, { data, influx: influxOf(config, values), progress, log, signal });
  const { observations, points, rejected, seconds } = progress;
  const result = {
    records: view.next - view.floor,
    observations,
    points,
    rejected,
    seconds: Math.round(seconds * 10) / 10,
    observations_per_s: Math.round(observations / seconds),
  };
  const { observations_per_s } = result;
  process.stdout.write(
    values['json'] === true
      ? `${JSON.stringify(result)}\n`
      : `${observations} observations written in ${result.seconds} s, ${observations_per_s} a second; ${rejected} refused\n`,
  );
  return 0;
}

function influxOf(config: IngestConfig | undefined, values: Values): InfluxConfig {
  const url = text(values, 'influx-url');
  if (url === undefined) {
    if (config?.influx) return config.influx;
    throw new BenchlineError('usage', 'which InfluxDB?', {
      hint: 'add --influx-url URL, or --config FILE with an influx section, or --store embedded --file FILE',
    });
  }
  const members = (names: readonly string[]) =>
    Object.fromEntries(
      names.flatMap((name) => {
        const value = text(values, `influx-${name.replaceAll('_', '-')}`);
        return value === undefined ? [] : [[name, value]];
      }),
    );
  const version = values['influx-bucket'] === undefined ? 1 : 2;
  const rest = members(
    version === 1 ? ['database', 'username', 'password_file'] : ['org', 'bucket', 'token_file'],
  );
  const parsed = InfluxConfig.safeParse({ version, url, ...rest });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new BenchlineError('usage', `${issue?.path.join('.') ?? 'influx'}: ${issue?.message}`, {
    hint: 'benchline ledger --help lists what InfluxDB 1.x and 2.x need',
  });
}
