import type { Commands } from '@benchline/model';
import { bench } from './bench/command.ts';

export const commands: Commands = { bench };
