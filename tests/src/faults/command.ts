import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { BenchlineError, type Command, type CommandInput } from '@benchline/model';
import { type CampaignResult, runCampaign } from './campaign.ts';
import { thisEnvironment } from './environment.ts';
import type { Environment, FaultKind } from './fault.ts';
import { kinds as allKinds } from './kinds/index.ts';
import { planFaults } from './plan.ts';
import { failures, type ResultFile, resultOf } from './result.ts';
import { openWorld } from './world/open.ts';

/** `benchline faults`: a story of faults against real processes, and whether anything was lost, doubled or wrong. */
export const faults: Command = {
  summary: 'do faults to a running system and check that nothing is lost, doubled or wrong',
  usage: '[--seed S] [--count K] [--kinds A,B] [--json FILE] [--data DIR]',
  options: {
    seed: { type: 'string', value: 'S', help: 'same seed, same story (default: a new one, printed)' },
    count: { type: 'string', default: '25', value: 'K', help: 'how many faults' },
    kinds: { type: 'string', value: 'A,B', help: 'only these kinds' },
    json: { type: 'string', value: 'FILE', help: 'write the result there' },
    data: {
      type: 'string',
      value: 'DIR',
      help: 'working folder, kept (default: a temporary one, kept if it fails)',
    },
    list: { type: 'boolean', help: 'only list the kinds, and why one cannot run here' },
  },
  async run({ values, signal }) {
    const environment = thisEnvironment();
    if (values['list'] === true) return list(environment);
    const options = parseOptions(values, environment);
    const folder = options.data ?? mkdtempSync(join(tmpdir(), 'benchline-faults-'));
    say(`seed ${options.seed}, ${options.count} faults of ${options.kinds.size} kinds, in ${folder}`);
    const result = await play(folder, options, environment, signal);
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`);
    const failed = failures(result);
    writeFileSync(join(folder, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
    if (failed.length === 0 && options.data === undefined) rmSync(folder, { recursive: true, force: true });
    say(conclusion(result, failed, folder));
    return failed.length === 0 ? 0 : 1;
  },
};

interface Options {
  seed: string;
  count: number;
  kinds: ReadonlyMap<string, FaultKind>;
  json: string | undefined;
  data: string | undefined;
}

async function play(
  folder: string,
  { seed, count, kinds }: Options,
  environment: Environment,
  signal: AbortSignal,
): Promise<ResultFile> {
  const mosquitto = environment.program('mosquitto');
  if (mosquitto === undefined)
    throw new BenchlineError('missing_program', 'there is no mosquitto', {
      hint: 'apt-get install mosquitto',
    });
  const story = planFaults(seed, count, kinds);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'story.json'), `${JSON.stringify(story, null, 2)}\n`);
  const world = await openWorld({ folder, seed, mosquitto, say });
  let campaign: CampaignResult;
  try {
    campaign = await runCampaign(world, story, kinds, signal);
  } finally {
    await world.close();
  }
  return resultOf(seed, campaign);
}

function conclusion(result: ResultFile, failed: readonly string[], folder: string): string {
  const sum = `${result.emitted} emitted = ${result.stored} stored + ${result.declared_gaps} in declared gaps + ${result.quarantined} quarantined`;
  if (failed.length === 0) return `Nothing lost, doubled or wrong: ${sum}.`;
  return `seed ${result.seed} FAILED: ${failed.join(', ')}. ${sum}.\n${result.findings.slice(0, 20).join('\n')}\nEvidence: ${folder}`;
}

function list(environment: Environment): number {
  for (const [name, { summary, needs }] of allKinds) {
    const lack = needs?.(environment);
    process.stdout.write(
      `${name.padEnd(28)} ${summary}${lack === undefined ? '' : ` (not here: ${lack})`}\n`,
    );
  }
  return 0;
}

function parseOptions(values: CommandInput['values'], environment: Environment): Options {
  const text = (name: string) => (typeof values[name] === 'string' ? values[name] : undefined);
  const count = Number(text('count') ?? '25');
  if (!Number.isInteger(count) || count < 1)
    throw new BenchlineError('usage', `--count ${text('count')} is not a number of faults`, {
      hint: 'for example --count 25',
    });
  const data = text('data');
  return {
    seed: text('seed') ?? String(Date.now() % 1_000_000),
    count,
    kinds: chosenKinds(text('kinds'), environment),
    json: text('json'),
    data: data === undefined ? undefined : resolve(data),
  };
}

/** The kinds that were asked for and can run here; the others are said. */
function chosenKinds(only: string | undefined, environment: Environment): Map<string, FaultKind> {
  const names = only?.split(',').map((name) => name.trim()) ?? [...allKinds.keys()];
  const chosen = new Map<string, FaultKind>();
  for (const name of names) {
    const kind = allKinds.get(name);
    if (!kind)
      throw new BenchlineError('usage', `there is no kind of fault '${name}'`, {
        hint: `choose among ${[...allKinds.keys()].join(', ')}`,
      });
    const lack = kind.needs?.(environment);
    if (lack === undefined) chosen.set(name, kind);
    else say(`left out: ${name}, because ${lack}`);
  }
  return chosen;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
