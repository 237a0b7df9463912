import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchlineError, type Command, type CommandInput } from '@benchline/model';
import { type Box, startBox } from './box.ts';
import { demoSimulators, unwatchedSimulators } from './demo-simulators.ts';
import { parseDuration } from './duration.ts';
import { type RunReport, writeUp } from './report.ts';
import { addsUp, settle } from './settle.ts';
import { sourcesRead } from './sources.ts';
import { parseStore, storeOptions } from './store-option.ts';

/** `benchline start`: the whole chain on one computer, with simulated machines. */
export const start: Command = {
  summary: 'run everything on this computer, with simulated machines',
  usage: '[--port N] [--data DIR] [--store embedded|influx] [--for 60s --report FILE]',
  options: {
    port: { type: 'string', default: '8080', value: 'N', help: 'port of the console and the API' },
    data: {
      type: 'string',
      default: 'data',
      value: 'DIR',
      help: 'folder that keeps everything; delete it to begin anew',
    },
    ...storeOptions,
    for: {
      type: 'string',
      value: 'TIME',
      help: 'stop by itself when every machine has been read for this time (60s, 5m)',
    },
    report: {
      type: 'string',
      value: 'FILE',
      help: 'with --for: check that nothing was lost and write the figures',
    },
  },
  async run({ values, signal }: CommandInput): Promise<number> {
    const options = parseOptions(values);
    const say = (text: string) => process.stderr.write(`${text}\n`);
    const box = await startBox({
      folder: options.data,
      port: options.port,
      store: options.store,
      simulators: options.report === undefined ? unwatchedSimulators : demoSimulators,
      say,
      signal,
    });
    try {
      process.stdout.write(
        `Benchline is running: ${box.url}\n` +
          `A simulated day, and twelve weeks of a recorded meter, lie behind the live figures within a minute.\n` +
          `Everything it keeps is in ${box.home.root}. Ctrl-C stops it.\n`,
      );
      if (options.forMs !== undefined) {
        const unread = await sourcesRead(box, signal);
        if (unread.length > 0)
          say(`not read after a minute: ${unread.join(', ')}; see ${box.home.log('gateway')}`);
      }
      await sleep(options.forMs ?? 2 ** 31 - 1, undefined, { signal }).catch(() => undefined);
      return options.report === undefined || signal.aborted ? 0 : await closeWithReport(box, options.report);
    } finally {
      await box.stop();
    }
  },
};

async function closeWithReport(box: Box, file: string): Promise<number> {
  await box.stopSimulators();
  const account = await settle(box);
  const now = Date.now();
  const report = await writeUp(
    box,
    account,
    new Date(now - 24 * 3_600_000).toISOString(),
    new Date(now).toISOString(),
  );
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(`${balance(report)}\nReport: ${file}\n`);
  return addsUp(account) ? 0 : 1;
}

function balance(report: RunReport): string {
  const sum = `${report.emitted} emitted = ${report.stored} stored + ${report.declared_gaps} in declared gaps + ${report.quarantined} quarantined`;
  if (addsUp(report)) return `Everything is accounted for: ${sum}.`;
  const { missing, wrong, invented, doubled, examples } = report;
  return [
    `Not accounted for: ${sum}; ${missing} missing, ${wrong} with a wrong value, ${invented} that nobody emitted, ${doubled} twice.`,
    ...examples,
  ].join('\n  ');
}

function parseOptions(values: CommandInput['values']) {
  const text = (name: string) => (typeof values[name] === 'string' ? values[name] : undefined);
  const forMs = text('for') === undefined ? undefined : parseDuration(text('for') ?? '', '--for');
  const report = text('report');
  if (report !== undefined && forMs === undefined)
    throw new BenchlineError('usage', '--report needs --for', { hint: 'say how long to run: --for 60s' });
  return {
    port: parsePort(text('port') ?? '8080'),
    data: text('data') ?? 'data',
    store: parseStore(text),
    forMs,
    report,
  };
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new BenchlineError('usage', `--port ${text} is not a port`, {
    hint: 'a number from 1 to 65535, or 0 for any free one',
  });
}
