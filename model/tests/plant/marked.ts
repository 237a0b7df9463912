import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BenchlineError } from '../../src/error.ts';
import { parsePlant } from '../../src/plant/load.ts';

const examples = join(import.meta.dirname, '../../docs/examples');

export const example = (name: string): string => readFileSync(join(examples, name), 'utf8');

/** A text with one change; `§` in it marks where a problem is to be pointed at. */
export function changed(text: string, from: string, to: string): string {
  if (text.split(from).length !== 2) throw new Error(`'${from}' has to be there exactly once`);
  return text.replace(from, () => to);
}

/** The text without its marks, and the line:column of each. */
export function unmark(marked: string): { text: string; marks: string[] } {
  const marks: string[] = [];
  const lines = marked.split('\n').map((line, number) => {
    let text = line;
    for (let column = text.indexOf('§'); column >= 0; column = text.indexOf('§')) {
      marks.push(`${number + 1}:${column + 1}`);
      text = text.replace('§', '');
    }
    return text;
  });
  return { text: lines.join('\n'), marks };
}

/** What a call complains about: the code of its error and the lines of its message. */
export function complaint(call: () => unknown): { code: string; lines: string[] } {
  try {
    call();
  } catch (error) {
    if (error instanceof BenchlineError) return { code: error.code, lines: error.message.split('\n') };
    throw error;
  }
  return { code: 'none', lines: [] };
}

export const full = example('plant-full.yaml');

/** The complaints about the full example with one change. */
export function complaints(from: string, to: string): { code: string; lines: string[]; marks: string[] } {
  const { text, marks } = unmark(changed(full, from, to));
  return { marks, ...complaint(() => parsePlant(text, 'plant.yaml')) };
}
