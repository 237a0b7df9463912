import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { BenchlineError, type Command, type CommandInput } from '@benchline/model';
import { type CampaignResult, runCampaign } from './campaign.ts';
import { thisEnvironment } from './environment.ts';
import type { Environment, FaultKind, MetricsStore } from './fault.ts';
import { kinds as allKinds } from './kinds/index.ts';
import { type FaultGroup, planFaults } from './plan.ts';
import { keepRegression, regressionsOf } from './regressions.ts';
import { failures, type ResultFile, resultOf } from './result.ts';
import { summaryOf } from './summary.ts';
import { clockIsMoved, runFrom } from './tools/moved-clock.ts';
import { openWorld } from './world/open.ts';

/** `benchline faults`: a story of faults against real processes, and whether anything was lost, doubled or wrong. */
export const faults: Command = {
  summary: 'do faults to a running system and check that nothing is lost, doubled or wrong',
  usage: '[--seed S] [--count K] [--kinds A,B] [--store STORE] [--json FILE] [--data DIR]',
  options: {
    seed: { type: 'string', value: 'S', help: 'same seed, same story (default: a new one, printed)' },
    count: { type: 'string', default: '25', value: 'K', help: 'how many faults' },
    kinds: { type: 'string', value: 'A,B', help: 'only these kinds' },
    at: {
      type: 'string',
      value: 'ISO',
      help: 'with all clocks beginning at this instant, such as one before the hour changes in the zone',
    },
    zone: { type: 'string', value: 'ZONE', help: 'time zone of the plant, such as Europe/Berlin' },
    store: {
      type: 'string',
      default: 'embedded',
      value: 'STORE',
      help: 'where metrics has its telemetry: embedded, or influx, the one that ingest fills',
    },
    regressions: { type: 'boolean', help: 'the stories that once went wrong, instead of a new one' },
    json: { type: 'string', value: 'FILE', help: 'write the result there' },
    data: {
      type: 'string',
      value: 'DIR',
      help: 'working folder, kept (default: a temporary one, kept if it fails)',
    },
    list: { type: 'boolean', help: 'only list the kinds, and why one cannot run here' },
    summarise: { type: 'boolean', help: 'only print the tables of some result files, as Markdown' },
  },
  positionals: ['[RESULT]…'],
  async run({ values, positionals, signal }) {
    const environment = thisEnvironment(storeOf(values['store']));
    if (values['list'] === true) return list(environment);
    if (values['summarise'] === true) return summarise(positionals);
    if (typeof values['at'] === 'string' && !clockIsMoved()) return await runFrom(values['at']);
    const options = parseOptions(values, environment);
    if (options.story.length === 0) {
      say('nothing to play');
      return 0;
    }
    const status = await playAndTell(options, environment, signal);
    // All is closed, written and said: whatever a tool may have left open, nobody shall wait for it.
    process.exit(status);
  },
};

interface Options {
  seed: string;
  story: readonly FaultGroup[];
  json: string | undefined;
  data: string | undefined;
  time_zone: string | undefined;
}

async function playAndTell(options: Options, environment: Environment, signal: AbortSignal): Promise<number> {
  const { seed, story, json, data } = options;
  const folder = data ?? mkdtempSync(join(tmpdir(), 'benchline-faults-'));
  mkdirSync(folder, { recursive: true });
  writeJson(join(folder, 'story.json'), story);
  say(`seed ${seed}, ${story.reduce((sum, group) => sum + group.faults.length, 0)} faults, in ${folder}`);
  const campaign = await play(folder, options, environment, signal);
  const result = resultOf(seed, environment.metrics_store, campaign);
  if (json !== undefined) writeJson(json, result);
  const failed = failures(result);
  const sum = `${result.emitted} emitted = ${result.stored} stored + ${result.declared_gaps} in declared gaps + ${result.quarantined} quarantined`;
  if (failed.length === 0) {
    if (data === undefined) rmSync(folder, { recursive: true, force: true });
    say(`Nothing lost, doubled or wrong: ${sum}.`);
    return 0;
  }
  writeJson(join(folder, 'result.json'), result);
  say([...result.problems, ...result.findings.slice(0, 20)].join('\n'));
  say(`Seed ${seed} FAILED: ${failed.join(', ')}. ${sum}.`);
  const store = environment.metrics_store;
  const kept = keepRegression({ seed, store, failed, story: campaign.suspects });
  say(`Logs, truth and data: ${folder}. Kept as a regression: ${kept}`);
  return 1;
}

async function play(
  folder: string,
  { seed, story, time_zone }: Options,
  environment: Environment,
  signal: AbortSignal,
): Promise<CampaignResult> {
  const mosquitto = environment.program('mosquitto');
  if (mosquitto === undefined)
    throw new BenchlineError('missing_program', 'there is no mosquitto', {
      hint: 'apt-get install mosquitto',
    });
  const { metrics_store } = environment;
  const world = await openWorld({ folder, seed, time_zone, metrics_store, mosquitto, say });
  try {
    return await runCampaign(world, story, allKinds, signal);
  } finally {
    await world.close();
  }
}

function list(environment: Environment): number {
  for (const [name, kind] of allKinds) {
    const lack = kind.needs?.(environment);
    process.stdout.write(
      `${name.padEnd(28)} ${kind.summary}${lack === undefined ? '' : ` (not here: ${lack})`}\n`,
    );
  }
  return 0;
}

function summarise(files: readonly string[]): number {
  const results = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as ResultFile);
  process.stdout.write(summaryOf(results));
  return 0;
}

function parseOptions(values: CommandInput['values'], environment: Environment): Options {
  const text = (name: string) => (typeof values[name] === 'string' ? values[name] : undefined);
  const count = Number(text('count') ?? '25');
  if (!Number.isInteger(count) || count < 1)
    throw new BenchlineError('usage', `--count ${text('count')} is not a number of faults`, {
      hint: 'for example --count 25',
    });
  const seed = text('seed') ?? String(Date.now() % 1_000_000);
  const data = text('data');
  return {
    seed,
    story:
      values['regressions'] === true
        ? regressionsOf(environment.metrics_store).flatMap(({ story }) => playable(story, environment))
        : planFaults(seed, count, chosenKinds(text('kinds'), environment)),
    json: text('json'),
    data: data === undefined ? undefined : resolve(data),
    time_zone: text('zone'),
  };
}

function storeOf(name: unknown): MetricsStore {
  if (name === 'embedded' || name === 'influx') return name;
  throw new BenchlineError('usage', `there is no store '${String(name)}'`, {
    hint: 'choose embedded or influx',
  });
}

/** The kinds that were asked for and can run here; the others are said. */
function chosenKinds(only: string | undefined, environment: Environment): Map<string, FaultKind> {
  const names = only?.split(',').map((name) => name.trim()) ?? [...allKinds.keys()];
  return new Map(
    names.flatMap((name) => {
      const kind = allKinds.get(name);
      if (!kind)
        throw new BenchlineError('usage', `there is no kind of fault '${name}'`, {
          hint: `choose among ${[...allKinds.keys()].join(', ')}`,
        });
      return canRun(name, environment) ? [[name, kind] as const] : [];
    }),
  );
}

/** A story without what cannot be done here. */
function playable(story: readonly FaultGroup[], environment: Environment): FaultGroup[] {
  return story
    .map((group) => ({ ...group, faults: group.faults.filter(({ kind }) => canRun(kind, environment)) }))
    .filter(({ faults: left }) => left.length > 0);
}

function canRun(name: string, environment: Environment): boolean {
  const kind = allKinds.get(name);
  const lack = kind ? kind.needs?.(environment) : 'there is no such kind any more';
  if (lack !== undefined) say(`left out: ${name}, because ${lack}`);
  return lack === undefined;
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
