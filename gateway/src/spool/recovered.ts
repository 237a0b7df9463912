import type { FolderLock } from '@benchline/store/journal';
import type { Acknowledged } from './ack-file.ts';
import type { Bounds } from './bounds.ts';
import type { Declarations } from './declarations.ts';
import type { Losses } from './eviction.ts';
import type { Life } from './life.ts';
import type { BatchDraft, SpoolOptions } from './port.ts';
import type { SourceStates } from './sources.ts';

/** What was found when a spool was opened, and what it is to go by. */
export interface RecoveredSpool {
  options: Pick<SpoolOptions, 'folder' | 'gateway' | 'key'> & Required<Pick<SpoolOptions, 'when_full'>>;
  bounds: Bounds;
  lock: FolderLock;
  life: Life;
  states: SourceStates;
  acknowledged: Acknowledged;
  doubtful_from: number | undefined;
  declared_below: number;
  /** What has to be declared as lost. */
  owed: BatchDraft[];
  declarations: Declarations;
  losses: Losses;
  renewals: number;
}
