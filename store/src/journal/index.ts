export { writeFileAtomically } from './folder.ts';
export { openJournal } from './journal.ts';
export * from './port.ts';
