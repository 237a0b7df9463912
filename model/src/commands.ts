import type { Commands } from './command.ts';

/** The commands of this package. */
export const commands: Commands = {};
