import type { Commands } from '@benchline/model';
import { replay } from './box/replay.ts';
import { start } from './box/start.ts';
import { simulate } from './kinds/command.ts';

/** The commands of this package. */
export const commands: Commands = { replay, simulate, start };
