import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemCode } from '@benchline/model';

const ballastName = 'ballast.bin';
const chunk = Buffer.alloc(64 * 1024, 0x20);

/** A small disk of its own under a folder (tmpfs), which can be filled to the last byte. Linux, root. */
export class SmallDisk {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Why there can be no small disk here; undefined where there can. Tried by mounting one. */
  static impossible(): string | undefined {
    const folder = mkdtempSync(join(tmpdir(), 'benchline-small-disk-'));
    try {
      SmallDisk.mount(folder, 64 * 1024).unmount();
      return undefined;
    } catch (error) {
      return `a tmpfs cannot be mounted: ${error instanceof Error ? error.message.trim() : String(error)}`;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Mounts an empty disk over a folder, hiding what is in it. @throws Error when the system refuses. */
  static mount(folder: string, bytes: number): SmallDisk {
    mkdirSync(folder, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=0755`, 'tmpfs', folder], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return new SmallDisk(folder);
  }

  /** Takes all the room that is left. */
  fill(): void {
    const ballast = openSync(join(this.folder, ballastName), 'a');
    try {
      for (let bytes = chunk.length; bytes >= 1; ) bytes = wrote(ballast, bytes) ? bytes : bytes >> 1;
    } finally {
      closeSync(ballast);
    }
  }

  /** Gives it back. */
  free(): void {
    rmSync(join(this.folder, ballastName), { force: true });
  }

  /** Takes the disk away with all that is on it. Lazily: a process that still has a file open keeps that file. */
  unmount(): void {
    execFileSync('umount', ['--lazy', this.folder], { stdio: ['ignore', 'ignore', 'pipe'] });
  }
}

function wrote(file: number, bytes: number): boolean {
  try {
    return writeSync(file, chunk, 0, bytes) > 0;
  } catch (error) {
    if (systemCode(error) === 'ENOSPC') return false;
    throw error;
  }
}
