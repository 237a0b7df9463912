export { scalingOf } from './convert.ts';
export { Mapper, type SignalMapping } from './mapper.ts';
export { Ordinals } from './ordinals.ts';
export type { Reading } from './reading.ts';
