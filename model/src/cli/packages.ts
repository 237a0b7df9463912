import type { z } from 'zod';
import type { Commands } from '../command.ts';
import { table } from './table.ts';

/** What the `commands` module of a package offers. */
export interface CommandsModule {
  commands: Commands;
  /** Configuration schemas by the name of their reference page: `{ gateway: GatewayConfig }`. */
  configs?: Readonly<Record<string, z.ZodType>>;
}

/** Imports a package's commands by name, so that this package depends on none of them. */
export async function importCommands(name: string): Promise<CommandsModule> {
  return (await import(`${name}/commands`)) as CommandsModule;
}

/** The configuration schemas of all packages, by page name. A package that is not installed has none. */
export async function allConfigs(): Promise<Record<string, z.ZodType>> {
  const names = new Set(Object.values(table).map((row) => row.package));
  const configs: Record<string, z.ZodType> = {};
  for (const name of names)
    try {
      Object.assign(configs, (await importCommands(name)).configs);
    } catch (error) {
      if (!isAbsent(error, name)) throw error;
    }
  return configs;
}

function isAbsent(error: unknown, name: string): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return (
    (code === 'ERR_MODULE_NOT_FOUND' || code === 'ERR_PACKAGE_PATH_NOT_EXPORTED') && message.includes(name)
  );
}
