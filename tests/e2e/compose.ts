import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { benchline, repository, temporaryFolder } from './kit.ts';

/** What these tests read of a service in docker-compose.yml. */
export interface ComposeService {
  image: string;
  command?: string[];
  user?: string;
  hostname?: string;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  profiles?: string[];
  environment?: Record<string, string>;
  volumes?: string[];
  ports?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
}

export interface Compose {
  services: Record<string, ComposeService>;
  volumes: Record<string, null>;
}

/** Something of this computer, or a named volume, at a place in a container. */
export interface Mount {
  source: string;
  target: string;
  writable: boolean;
}

/** Where a test keeps what containers have on named volumes. */
export interface Folders {
  secrets: string;
  state: string;
}

/** A YAML file of the repository; the caller says what it holds. */
export function readYaml(path: string): unknown {
  return parse(readFileSync(repository(path), 'utf8'), { merge: true });
}

export function readCompose(): Compose {
  return readYaml('docker-compose.yml') as Compose;
}

export function mountsOf(service: ComposeService): Mount[] {
  return (service.volumes ?? []).map((text) => {
    const [source = '', target = '', mode] = text.split(':');
    return { source, target, writable: mode !== 'ro' };
  });
}

/** The value after an option in a service's command. */
export function optionOf(service: ComposeService, name: string): string | undefined {
  const at = service.command?.indexOf(`--${name}`) ?? -1;
  return at < 0 ? undefined : service.command?.[at + 1];
}

/**
 * Where a path of a container is on this computer: in a folder of the repository that is mounted there, among the
 * secrets that `setup` wrote to `secrets`, in `state` for what is on a volume of data, or in what the image copies.
 * @throws Error when nothing is there in the container.
 */
export function onHost(compose: Compose, name: string, path: string, folders: Folders): string {
  const service = serviceOf(compose, name);
  const mount = mountsOf(service).find(({ target }) => path === target || path.startsWith(`${target}/`));
  if (mount) {
    const rest = path.slice(mount.target.length);
    if (mount.source.startsWith('./')) return repository(mount.source.slice(2) + rest);
    const setup = serviceOf(compose, 'setup');
    const made = mountsOf(setup).find(({ source }) => source === mount.source);
    const out = optionOf(setup, 'out') ?? '';
    return made ? join(folders.secrets, made.target.slice(out.length), rest) : join(folders.state, rest);
  }
  const copied = copiedFolders().find((folder) => path.startsWith(`/benchline/${folder}/`));
  if (copied !== undefined && service.image.startsWith('benchline:'))
    return repository(path.slice('/benchline/'.length));
  throw new Error(`nothing is at ${path} in ${name}`);
}

export function serviceOf(compose: Compose, name: string): ComposeService {
  const service = compose.services[name];
  if (!service) throw new Error(`docker-compose.yml has no service '${name}'`);
  return service;
}

/** The Dockerfile's instructions, continued lines joined. */
export function dockerfile(): string[] {
  return readFileSync(repository('Dockerfile'), 'utf8')
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => /^[A-Z]+ /.test(line));
}

/** The folders that the image has of the repository. */
export function copiedFolders(): string[] {
  return dockerfile().flatMap((line) => /^COPY (\w+) \1$/.exec(line)?.[1] ?? []);
}

/** What `setup` makes, and a place for what services keep, in a folder that is gone after the test. */
export async function makeSecrets(root = temporaryFolder()): Promise<Folders> {
  const folders = { secrets: join(root, 'secrets'), state: join(root, 'state') };
  const { status, stderr } = await benchline(['setup', '--out', folders.secrets]);
  if (status !== 0) throw new Error(`setup failed: ${stderr}`);
  return folders;
}

/** The directives of the composed installation's mosquitto.conf. */
export const mosquittoConf: Readonly<Record<string, string>> = Object.fromEntries(
  readFileSync(repository('ingest/deploy/mosquitto.conf'), 'utf8')
    .split('\n')
    .filter((line) => /^\w/.test(line))
    .map((line) => line.split(' ') as [string, string]),
);
