import type { Commands } from '@benchline/model';
import { simulate } from './kinds/command.ts';

/** The commands of this package. */
export const commands: Commands = { simulate };
