export { isDiskFull } from './disk-full.ts';
export { writeFileAtomically } from './folder.ts';
export { openJournal, viewJournal } from './journal.ts';
export { type FolderLock, lockFolder } from './lock.ts';
export * from './port.ts';
