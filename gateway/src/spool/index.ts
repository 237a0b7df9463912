export { openSpool } from './open.ts';
export type * from './port.ts';
