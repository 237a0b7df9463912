import { BenchlineError, type Command, loadPlant, nsPerDay, type PlantIndex } from '@benchline/model';
import { kpiAnswer } from '../api/kpi-answer.ts';
import { Figures } from '../figures/figures.ts';
import { type Grain, grains } from '../figures/periods.ts';
import { findScope, type Scope, scopesOf } from '../figures/scopes.ts';
import { capabilitiesOf } from '../offline/capabilities.ts';
import { type LoadedFile, loadObservationFile } from '../offline/observation-file.ts';
import { capabilityText, kpiText } from '../offline/text.ts';
import { largestSubgroup } from '../quality/chart-constants.ts';
import { windowFrom, windowOptions } from './window-options.ts';

/** `benchline kpi`: the figures of the services over a file of observations, without any service. */
export const kpi: Command = {
  summary: 'compute key figures over a file of observations',
  usage:
    '--plant plant.yaml --observations obs.ndjson --from T --to T [--scope PATH] [--grain hour|shift|day|week|month] [--subgroup N] [--json]',
  options: {
    plant: { type: 'string', value: 'FILE', required: true, help: 'plant file' },
    observations: {
      type: 'string',
      value: 'FILE',
      required: true,
      help: 'NDJSON as benchline export writes it (model/docs/observations.md)',
    },
    ...windowOptions,
    grain: {
      type: 'string',
      value: 'hour|shift|day|week|month',
      help: 'a list: every whole period of that kind that overlaps the window; weeks begin on Monday',
    },
    subgroup: {
      type: 'string',
      value: 'N',
      help: 'values of a characteristic that make a subgroup, for Cp and Cpk; 1 (individuals) unless given',
    },
    json: { type: 'boolean', help: 'print what the API answers, as JSON' },
  },
  async run({ values }) {
    const window = windowFrom(values);
    const grain = grainOf(values['grain']);
    const size = subgroupOf(values['subgroup']);
    const { plant, index } = loadPlant(String(values['plant']));
    const scope = scopeNamed(scopesOf(plant), String(values['scope'] ?? plant.enterprise.id));
    const loaded = await loadObservationFile(String(values['observations']), index);
    sayWhatIsMissing(loaded, index);
    // A file is all there is: no window in it is still open, and nothing is late any more.
    const figures = new Figures({ plant: index, store: loaded.store, lateness_ns: 0n });
    const last = window.to_ns + longestPeriod_ns;
    const answer = await kpiAnswer(figures, { scopes: [scope], window, grain, now_ns: last });
    const characteristics = await capabilitiesOf({ figures, store: loaded.store }, scope, window, size);
    const results = 'results' in answer ? answer.results : [answer];
    process.stdout.write(
      values['json'] === true
        ? `${JSON.stringify({ ...answer, characteristics }, null, 2)}\n`
        : [...results.map(kpiText), ...characteristics.map(capabilityText)].join('\n'),
    );
    return 0;
  },
};

/** A whole period that overlaps the window may end that much later. */
const longestPeriod_ns = 32n * nsPerDay;

function grainOf(text: unknown): Grain | undefined {
  if (text === undefined) return undefined;
  const grain = grains.find((g) => g === text);
  if (grain) return grain;
  throw new BenchlineError('usage', `--grain ${JSON.stringify(text)} is none`, {
    hint: 'write hour, shift, day, week or month',
  });
}

function subgroupOf(text: unknown): number {
  const size = Number(text ?? 1);
  if (Number.isInteger(size) && size >= 1 && size <= largestSubgroup) return size;
  throw new BenchlineError('usage', `--subgroup ${JSON.stringify(text)} is none`, {
    hint: `write a whole number from 1 to ${largestSubgroup}`,
  });
}

const mostNamed = 8;

/** @throws BenchlineError `not_found` naming the paths that may have been meant. */
function scopeNamed(scopes: ReadonlyMap<string, Scope>, path: string): Scope {
  try {
    return findScope(scopes, path);
  } catch (cause) {
    const last = path.split('/').findLast((id) => id !== '');
    const alike = [...scopes.keys()].filter((known) => known.endsWith(`/${last}`));
    const named = alike.length > 0 ? alike : [...scopes.keys()];
    const more = named.length > mostNamed ? ' …' : '';
    throw new BenchlineError('not_found', `the plant has no scope '${path}'`, {
      hint: `its scopes are ids joined by slashes: ${named.slice(0, mostNamed).join(', ')}${more}`,
      cause,
    });
  }
}

function sayWhatIsMissing(
  { observations, claims, unknown, unlisted, unusable, unfit }: LoadedFile,
  plant: PlantIndex,
): void {
  const say = (text: string) => process.stderr.write(`${text}\n`);
  for (const [name, count] of unknown) {
    const [machine = ''] = name.split('/');
    const what = plant.assets.has(machine) ? 'signal' : 'machine';
    say(`${count} lines about ${name} were left out: the plant file has no such ${what}`);
  }
  for (const [what, count] of unusable) say(`${count} times ${what}; nothing was computed from it`);
  for (const [name, count] of unlisted)
    say(`${count} times ${name}: the state table does not list it, so that time is unobserved`);
  for (const text of unfit) say(text);
  if (observations === 0) say('the file holds no observation of a machine or meter of this plant');
  if (observations > 0 && claims === 0)
    say(
      'no line of kind "observed": nothing counts as watched, so time figures are absent (model/docs/observations.md)',
    );
}
