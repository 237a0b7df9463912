export { ObservationColumns } from './columns.ts';
export { Mapper, type SignalMapping } from './mapper.ts';
export { Ordinals } from './ordinals.ts';
export type { Reading } from './reading.ts';
export { type MachineTags, settleMappings } from './settle.ts';
