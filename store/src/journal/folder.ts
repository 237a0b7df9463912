import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Makes names in a folder durable. Windows cannot and need not: NTFS logs its folders. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Replaces a file's content so that a reader, also after a crash, finds the old or the new one, whole. */
export async function writeFileAtomically(path: string, text: string): Promise<void> {
  const fresh = `${path}.new`;
  const handle = await open(fresh, 'w');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(fresh, path);
  await syncFolder(dirname(path));
}
