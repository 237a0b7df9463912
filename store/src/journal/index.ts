export { writeFileAtomically } from './folder.ts';
export { openJournal, viewJournal } from './journal.ts';
export * from './port.ts';
