/** Kilograms of CO₂ for each kilowatt-hour from the grid, by region and year. */
export interface GridFactor {
  region: GridRegion;
  year: number;
  co2_kg_per_kwh: number;
  source: string;
  /** The same in Chinese. */
  source_zh: string;
}

export const gridRegions = ['national', 'north', 'northeast', 'east', 'central', 'northwest'] as const;
export type GridRegion = (typeof gridRegions)[number];

const published = (year: number) => ({
  source: `Average CO₂ emission factors of electricity ${year}, Ministry of Ecology and Environment (by secondary sources)`,
  source_zh: `生态环境部 ${year} 年电力平均二氧化碳排放因子(据二手资料)`,
});
const of2023 = (region: GridRegion, co2_kg_per_kwh: number): GridFactor => ({
  region,
  year: 2023,
  co2_kg_per_kwh,
  ...published(2023),
});

/** Earlier years stay: a figure of the past names the factor that it was computed with. */
export const gridFactors: readonly GridFactor[] = [
  { region: 'national', year: 2022, co2_kg_per_kwh: 0.5366, ...published(2022) },
  of2023('national', 0.5306),
  of2023('north', 0.6361),
  of2023('northeast', 0.5122),
  of2023('east', 0.55),
  of2023('central', 0.5271),
  of2023('northwest', 0.5543),
];
