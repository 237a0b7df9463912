import {
  derivedFormulas,
  gapReasons,
  inputNames,
  kpiCatalogue,
  kpiIds,
  kpiTexts,
  stageNames,
  stageStateNames,
  stageStates,
  stages,
} from '@benchline/model';
import type { z } from 'zod';
import type { Catalogue } from './catalogue-schema.ts';
import { apiStates, figureStatuses } from './schemas.ts';
import { gapReasonWording, stateWording, statusWording } from './wording.ts';

/** All key figures, and the names of everything that answers name by an id. */
export function catalogueView(): z.output<typeof Catalogue> {
  return {
    kpis: kpiIds.map((id) => {
      const { inputs = [], ...kpi } = kpiCatalogue[id];
      const { formula, source, unit } = kpiTexts(kpiCatalogue[id]);
      return { ...kpi, inputs: [...inputs], texts: { formula, source, unit } };
    }),
    formulas: Object.entries(derivedFormulas).map(([id, { version, ...text }]) => ({ id, version, text })),
    inputs: Object.entries(inputNames).map(([id, name]) => ({ id, name })),
    states: apiStates.map((id) => ({ id, ...stateWording[id] })),
    statuses: figureStatuses.map((id) => ({ id, name: statusWording[id] })),
    gap_reasons: gapReasons.map((id) => ({ id, name: gapReasonWording[id] })),
    stages: stageNames.map((id) => ({ id, ...stages[id] })),
    stage_states: stageStates.map((id) => ({ id, name: stageStateNames[id] })),
  };
}
