import type { Commands } from '@benchline/model';
import { bench } from './bench/command.ts';
import { faults } from './faults/command.ts';

export const commands: Commands = { bench, faults };
