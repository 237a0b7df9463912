import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { writeFileAtomically } from '@benchline/store/journal';

/**
 * Replaces a JSON file so that after any crash it holds either the old content or the new one. A checksum goes with
 * it: a flipped bit could otherwise make another number of a number.
 */
export async function writeJson(file: string, content: unknown): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const text = JSON.stringify(content);
  await writeFileAtomically(file, `{"crc32":${crc32(text)},"content":${text}}\n`);
}

const frame = /^\{"crc32":(\d+),"content":(.*)\}\n$/s;

/** The content of a file that `writeJson` wrote; undefined when there is none or it is not as it was written. */
export async function readJson(file: string): Promise<unknown> {
  try {
    const [, sum, text] = frame.exec(await readFile(file, 'utf8')) ?? [];
    return text !== undefined && crc32(text) === Number(sum) ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}
