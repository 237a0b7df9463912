import { systemCode } from '@benchline/model';

/** Whether an error says that a disk, a quota or a file system's largest file has no room for more. */
export function isDiskFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(systemCode(error) ?? '');
}
