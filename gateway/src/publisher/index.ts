export type * from './port.ts';
export { openPublisher } from './publisher.ts';
