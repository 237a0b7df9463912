import { createHash } from 'node:crypto';
import { BenchlineError, type PlantIndex, Slug, slugPattern } from '@benchline/model';
import { Mapper, settleMappings } from '@benchline/model/mapping';
import { z } from 'zod';

/** Ids of other makers' nodes are free texts without the characters that mean something in a topic. */
const SparkplugId = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^/+#]+$/, "a Sparkplug id without '/', '+' and '#'");

const MetricMapping = z.strictObject({
  signal: Slug.describe('Signal of the machine that the metric feeds'),
  scale: z.number().optional().describe('Factor for a number'),
  offset: z.number().optional().describe('Added to a number after scaling'),
});

/** One device of another maker's Sparkplug edge node as a source of one machine. Nodes that are not listed are not taken. */
export const SparkplugNodeConfig = z.strictObject({
  group: SparkplugId.optional().describe('Sparkplug group id of the node; default: the group of this file'),
  node: SparkplugId.describe('Edge node id'),
  device: SparkplugId.optional().describe("Device id; without it the node's own metrics are meant"),
  machine: Slug.describe('Machine or meter that it feeds'),
  source: Slug.default('sparkplug').describe('Name of the source in all that is stored'),
  metrics: z
    .record(z.string().min(1).max(500), MetricMapping)
    .refine((metrics) => Object.keys(metrics).length > 0, 'list at least one metric')
    .describe('Metric name → signal'),
});
export type SparkplugNodeConfig = z.output<typeof SparkplugNodeConfig>;

/** Where the metrics of one device go. */
export interface EntryPlan {
  device: string | undefined;
  machine: Slug;
  source: Slug;
  mapper: Mapper;
  /** Metric name → signal. */
  signals: ReadonlyMap<string, Slug>;
}

/** Everything that is taken from one edge node. */
export interface NodePlan {
  group: string;
  node: string;
  /** The name under which ingest itself numbers and signs what it heard of the node. */
  gateway: Slug;
  entries: readonly EntryPlan[];
}

/** What the names of gateways begin with whose batches ingest makes. */
const virtualPrefix = 'sparkplug-';

/** Whether a gateway's name is one of those under which ingest makes batches of Sparkplug nodes that sign nothing. */
export function isVirtual(gateway: string): boolean {
  return gateway.startsWith(virtualPrefix);
}

/**
 * Names of real gateways must not look like those that ingest makes up.
 * @throws BenchlineError `config_invalid`.
 */
export function assertNoneReserved(gateways: readonly string[]): void {
  const taken = gateways.find(isVirtual);
  if (taken !== undefined)
    throw new BenchlineError('config_invalid', `a trusted gateway is called '${taken}'`, {
      hint: `names that begin with '${virtualPrefix}' are those of third-party nodes; give the gateway another one`,
    });
}

/**
 * Looks up in the plant file what a configuration lists.
 * @throws BenchlineError `config_invalid` with what to do.
 */
export function planNodes(
  configs: readonly SparkplugNodeConfig[],
  ownGroup: string,
  plant: PlantIndex,
): NodePlan[] {
  const plans = new Map<string, NodePlan & { entries: EntryPlan[] }>();
  const fed = new Set<string>();
  for (const config of configs) {
    const { group = ownGroup, node, machine, source } = config;
    const key = `${group}/${node}`;
    const where = `sparkplug_nodes: ${key}${config.device === undefined ? '' : `/${config.device}`}`;
    if (fed.has(`${machine}/${source}`))
      throw new BenchlineError('config_invalid', `${where}: '${source}' feeds '${machine}' already`, {
        hint: 'give each entry of a machine a source name of its own',
      });
    fed.add(`${machine}/${source}`);
    const plan = plans.get(key) ?? { group, node, gateway: virtualName(group, node), entries: [] };
    plan.entries.push(entryPlan(where, config, plant));
    plans.set(key, plan);
  }
  return [...plans.values()];
}

/** What to listen on for nodes of other groups than our own. */
export function topicsOf(plans: readonly NodePlan[], ownGroup: string): string[] {
  return plans
    .filter(({ group }) => group !== ownGroup)
    .map(({ group, node }) => `spBv1.0/${group}/+/${node}/#`);
}

function entryPlan(where: string, config: SparkplugNodeConfig, plant: PlantIndex): EntryPlan {
  const { device, machine, source } = config;
  const signals = new Map<string, Slug>();
  const tags = new Map<Slug, { address: string; scale?: number | undefined; offset?: number | undefined }>();
  for (const [name, { signal, scale, offset }] of Object.entries(config.metrics)) {
    if (tags.has(signal))
      throw new BenchlineError('config_invalid', `${where}: two metrics feed the signal '${signal}'`, {
        hint: 'list one of them',
      });
    signals.set(name, signal);
    tags.set(signal, { address: name, scale, offset });
  }
  const { mappings } = settleMappings(where, { machine, tags }, plant);
  return { device, machine, source, mapper: new Mapper(machine, source, mappings), signals };
}

function virtualName(group: string, node: string): Slug {
  const plain = `${virtualPrefix}${group}-${node}`;
  if (slugPattern.test(plain)) return plain;
  const digest = createHash('sha256').update(`${group}/${node}`).digest('hex').slice(0, 10);
  const readable = `${group}-${node}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return `${virtualPrefix}${readable.slice(0, 40)}-${digest}`;
}
