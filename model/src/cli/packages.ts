import type { z } from 'zod';
import type { Commands } from '../command.ts';
import { describeError, systemCode } from '../error.ts';
import type { Instruments } from '../health/index.ts';
import { table } from './table.ts';

/** What the `commands` module of a package offers. */
export interface CommandsModule {
  commands: Commands;
  /** Configuration schemas by the name of their reference page: `{ gateway: GatewayConfig }`. */
  configs?: Readonly<Record<string, z.ZodType>>;
  /** What its services measure about themselves, by the service's name. */
  measured?: Readonly<Record<string, Instruments>>;
}

/** Imports a package's commands by name, so that this package depends on none of them. */
export async function importCommands(name: string): Promise<CommandsModule> {
  return (await import(`${name}/commands`)) as CommandsModule;
}

/** What the reference pages are made of, from all packages. A package that is not installed has nothing. */
export async function allDescriptions(): Promise<Required<Omit<CommandsModule, 'commands'>>> {
  const names = new Set(Object.values(table).map((row) => row.package));
  const configs: Record<string, z.ZodType> = {};
  const measured: Record<string, Instruments> = {};
  for (const name of names)
    try {
      const described = await importCommands(name);
      Object.assign(configs, described.configs);
      Object.assign(measured, described.measured);
    } catch (error) {
      if (!isAbsent(error, name)) throw error;
    }
  return { configs, measured };
}

function isAbsent(error: unknown, name: string): boolean {
  const code = systemCode(error);
  return (
    (code === 'ERR_MODULE_NOT_FOUND' || code === 'ERR_PACKAGE_PATH_NOT_EXPORTED') &&
    describeError(error).includes(name)
  );
}
