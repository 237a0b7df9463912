export * from './placement.ts';
export * from './port.ts';
