import { BenchlineError, type Slug } from '@benchline/model';
import type { MachineTags } from '@benchline/model/mapping';
import type { OpcuaConfig, OpcuaTag } from './config.ts';

/** The tags of every machine, with tag sets applied. @throws BenchlineError `config_invalid`. */
export function machinesOf(config: OpcuaConfig): MachineTags[] {
  return config.machines.map((entry) => {
    const values: Record<string, string> = { ...entry.substitution, machine: entry.machine };
    const tags = new Map<Slug, OpcuaTag & { address: string }>();
    const add = (signal: Slug, tag: OpcuaTag) =>
      tags.set(signal, { ...tag, address: substitute(tag.node, values, config.id) });
    for (const [signal, tag] of Object.entries(tagSetOf(config, entry.tag_set))) add(signal, tag);
    for (const [signal, tag] of Object.entries(entry.tags)) add(signal, tag);
    if (tags.size === 0)
      throw new BenchlineError(
        'config_invalid',
        `source '${config.id}' maps no tags for '${entry.machine}'`,
        {
          hint: 'name a tag_set, or list tags',
        },
      );
    return { machine: entry.machine, tags };
  });
}

function tagSetOf(config: OpcuaConfig, name: string | undefined): Readonly<Record<string, OpcuaTag>> {
  if (name === undefined) return {};
  const set = Object.hasOwn(config.tag_sets, name) ? config.tag_sets[name] : undefined;
  if (set) return set;
  throw new BenchlineError('config_invalid', `source '${config.id}' has no tag set '${name}'`, {
    hint: `tag_sets has: ${Object.keys(config.tag_sets).join(', ') || 'nothing'}`,
  });
}

function substitute(node: string, values: Readonly<Record<string, string>>, source: string): string {
  return node.replace(/\{([a-z_]+)\}/g, (whole, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value !== undefined) return value;
    throw new BenchlineError('config_invalid', `source '${source}': nothing stands for ${whole} in ${node}`, {
      hint: `add ${name} to the substitution of the machine`,
    });
  });
}

/**
 * Brings `nsu=URI;s=…` to the index that the URI has at this server now.
 * @throws BenchlineError `source_unavailable` when the server does not know the namespace.
 */
export function resolveNode(address: string, namespaces: readonly string[]): string {
  const match = /^nsu=([^;]+);(.+)$/.exec(address);
  if (!match) return address;
  const index = namespaces.indexOf(match[1] ?? '');
  if (index >= 0) return `ns=${index};${match[2]}`;
  throw new BenchlineError('source_unavailable', `the server has no namespace ${match[1]}`, {
    hint: `it has: ${namespaces.join(', ')}`,
    retryable: true,
  });
}
