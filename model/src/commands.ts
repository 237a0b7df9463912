import type { Commands } from './command.ts';
import { health } from './commands/health.ts';
import { keygen } from './commands/keygen.ts';
import { reference } from './commands/reference.ts';
import { validate } from './commands/validate.ts';
import { setup } from './setup/command.ts';

/** The commands of this package. */
export const commands: Commands = { health, keygen, reference, setup, validate };
