import { readFile, rename, writeFile } from 'node:fs/promises';
import { BenchlineError } from '@benchline/model';
import { z } from 'zod';

const Cursor = z.strictObject({ next: z.int().min(0) });

/** The offset that a file remembers; 0 while there is no file. @throws BenchlineError `config_invalid`. */
export async function readCursor(file: string): Promise<number> {
  try {
    return Cursor.parse(JSON.parse(await readFile(file, 'utf8'))).next;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw new BenchlineError('config_invalid', `${file} holds no cursor`, {
      hint: 'delete it: the feed is then read from its start, which changes nothing that is already right',
      cause,
    });
  }
}

/** Replaces the file at once, so that it never holds half a number. */
export async function writeCursor(file: string, next: number): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify({ next })}\n`);
  await rename(`${file}.new`, file);
}
