/**
 * What an independent calculation over the recording's CSV files gives (University of Michigan SMART lab, CNC mill,
 * 2018, CC0). One row is 0.1 s; states by Machining_Process; energy is the rectangle rule over X1 + Y1 + S1 power;
 * planned run time 100 s per item, planned busy time the sum of the runs.
 */
export const millFigures = {
  duration_s: 1433.5,
  apt_s: 1222.0,
  aust_s: 76.1,
  adet_s: 135.4,
  items: 12,
  good_items: 5,
  defect_ratio: 0.583333,
  energy_kwh: 0.046446,
  energy_kwh_per_good_item: 0.009289,
  oee: 0.348797,
} as const;

export const recordedRuns = [
  { run: 1, good: true, energy_kwh: 0.005087 },
  { run: 2, good: true, energy_kwh: 0.001821 },
  { run: 3, good: true, energy_kwh: 0.005064 },
  { run: 4, good: false, energy_kwh: 0.000776 },
  { run: 5, good: false, energy_kwh: 0.000306 },
  { run: 6, good: false, energy_kwh: 0.005096 },
  { run: 7, good: false, energy_kwh: 0.001574 },
  { run: 8, good: false, energy_kwh: 0.001898 },
  { run: 9, good: false, energy_kwh: 0.002339 },
  { run: 10, good: false, energy_kwh: 0.002732 },
  { run: 11, good: true, energy_kwh: 0.009908 },
  { run: 12, good: true, energy_kwh: 0.009845 },
] as const;
