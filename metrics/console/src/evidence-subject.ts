import type { Catalogue, KpiId, KpiResult, Language, PlantView } from './types.ts';

/** A figure as it is shown, with what it was computed for. */
export interface EvidenceSubject {
  kpi: KpiId;
  result: Pick<
    KpiResult,
    'scope' | 'from' | 'to' | 'time_zone' | 'figures' | 'coverage' | 'provisional' | 'revision'
  > & {
    /** The stretches that it is over, where these are several. */
    parts?: readonly { from: string; to: string }[] | undefined;
  };
}

export interface EvidenceWords {
  plant: PlantView;
  catalogue: Catalogue;
  language: Language;
}
