export { writeFileAtomically } from './folder.ts';
export { type FolderLock, lockFolder } from './lock.ts';
export { openJournal, viewJournal } from './journal.ts';
export * from './port.ts';
