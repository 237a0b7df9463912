import { join } from 'node:path';
import {
  type Asset,
  BenchlineError,
  loadConfig,
  loadPlant,
  type PlantIndex,
  readSigningKey,
  readTrustedKeys,
  resolveFrom,
  type SigningKey,
  type Slug,
  type SourceMark,
  type TrustedKeys,
} from '@benchline/model';
import { type SignalMapping, settleMappings } from '@benchline/model/mapping';
import { GatewayConfig, type SourceConfig } from './config.ts';
import { sourceTypeOf } from './sources/index.ts';
import type { SourceContext } from './sources/port.ts';

/** Everything a gateway needs to know before it opens anything. */
export interface Settings {
  config: GatewayConfig;
  data_dir: string;
  key: SigningKey;
  ledgers: TrustedKeys;
  sources: readonly SourceSettings[];
  context: SourceContext['settings'];
}

export interface SourceSettings {
  config: SourceConfig;
  marks: readonly SourceMark[];
  machines: readonly { asset: Asset; mappings: ReadonlyMap<Slug, SignalMapping> }[];
}

/**
 * Reads a configuration file with the plant and the keys that it names, and checks what each says of the other.
 * @throws BenchlineError `config_invalid` or `plant_invalid` with what to do.
 */
export function loadSettings(file: string): Settings {
  const config = loadConfig(GatewayConfig, file);
  const resolve = (path: string) => resolveFrom(file, path);
  const { index } = loadPlant(resolve(config.plant));
  const data_dir = resolve(config.data_dir);
  const context = {
    gateway: config.gateway,
    pki_dir: join(data_dir, 'pki'),
    broker: config.broker,
    resolve,
  };
  const sources = config.sources.map((source) => sourceSettings(source, index, context));
  assertDisjoint(sources);
  return {
    config,
    data_dir,
    key: readSigningKey(resolve(config.key_file)),
    ledgers: readTrustedKeys(resolve(config.trusted_ledgers_dir)),
    sources,
    context,
  };
}

function sourceSettings(
  config: SourceConfig,
  plant: PlantIndex,
  settings: SourceContext['settings'],
): SourceSettings {
  const type = sourceTypeOf(config);
  return {
    config,
    marks: type.marks(config, { settings }),
    machines: type.machines(config).map((entry) => settleMappings(`source '${config.id}'`, entry, plant)),
  };
}

/** Two sources for one signal would give one identity to two observations. */
function assertDisjoint(sources: readonly SourceSettings[]): void {
  const ids = new Set<Slug>();
  const fed = new Map<string, Slug>();
  for (const { config, machines } of sources) {
    if (new Set(machines.map((m) => m.asset.id)).size < machines.length)
      throw invalid(config.id, 'it lists a machine twice', {
        hint: 'put all tags of a machine into one entry',
      });
    if (ids.has(config.id))
      throw invalid(config.id, 'its id is there twice', { hint: 'give every source its own id' });
    ids.add(config.id);
    for (const { asset, mappings } of machines)
      for (const signal of mappings.keys()) {
        const name = `${asset.id}.${signal}`;
        const other = fed.get(name);
        if (other !== undefined)
          throw invalid(
            config.id,
            `${name} is fed already${other === config.id ? '' : ` by source '${other}'`}`,
            {
              hint: 'feed every signal of a machine from one place only',
            },
          );
        fed.set(name, config.id);
      }
  }
}

function invalid(source: Slug, fact: string, options: { hint: string }): BenchlineError {
  return new BenchlineError('config_invalid', `source '${source}': ${fact}`, options);
}
