/** By which formulas the answers about quality compute their figures, field by field. */

export const studyFormulas = {
  process: { cp: 'cp', cpk: 'cpk', pp: 'pp', ppk: 'ppk' },
  machine: { cm: 'cm', cmk: 'cmk' },
} as const;
export const chartFormulas = { charts: 'control_limits' } as const;
export const yieldFormulas = {
  rolled_yield: 'rolled_yield',
  rolled_yield_from_defects: 'rolled_yield_from_defects',
  first_pass_yield: 'first_pass_yield',
  dpmo: 'dpmo',
  sigma_level: 'sigma_level',
} as const;

export const gradeFormulas = {
  grade: 'quality_grade',
  ppm: 'defective_ppm',
  cpk: 'lowest_cpk',
  rolled_yield: 'rolled_yield',
  internal_loss: 'quality_loss_ratio',
  external_loss: 'quality_loss_ratio',
} as const;
