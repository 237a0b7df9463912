import { readFileSync, truncateSync } from 'node:fs';
import { flipBit, type Machine, type SpoolStory } from './spool-story.ts';

/** One step of a story, with its words, so that a failing one can be read. */
export interface Step {
  says: string;
  does(story: SpoolStory): Promise<void>;
}

export function said(machine: Machine, count: number): Step {
  return {
    says: `${machine} says ${count}`,
    async does(story) {
      for (let n = 0; n < count; n += 1) await story.emit(machine);
    },
  };
}

export function drained(count: number): Step {
  return { says: `${count} go to the ledger`, does: (story) => story.drain(count) };
}

export function ended(how: 'kill' | 'stop'): Step {
  return { says: how, does: (story) => story.restart(how) };
}

/** @param keep how much of the newest segment is left. */
export function torn(keep: number): Step {
  return {
    says: `kill, and ${keep} is left of the newest segment`,
    does: (story) =>
      story.restart('kill', (_files, newest) =>
        truncateSync(newest, Math.floor(keep * readFileSync(newest).length)),
      ),
  };
}

/** @param which share of the way through the files, @param where through the bits of that one. */
export function flipped(which: number, where: number): Step {
  return {
    says: `kill, and a bit flips in file ${which} at ${where}`,
    does: (story) => story.restart('kill', (files) => flipBit(pick(files, which), where)),
  };
}

/** @param which share of the way through the files. */
export function emptied(which: number): Step {
  return {
    says: `kill, and file ${which} is empty`,
    does: (story) => story.restart('kill', (files) => truncateSync(pick(files, which), 0)),
  };
}

function pick(files: readonly string[], which: number): string {
  const file = files[Math.min(files.length - 1, Math.floor(which * files.length))];
  if (file === undefined) throw new Error('a spool has files');
  return file;
}
