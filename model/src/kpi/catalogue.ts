/** A key performance indicator: what it is called, what it means, and who says so. */
export interface KpiDefinition {
  id: KpiId;
  name: { en: string; zh: string };
  /** '%' figures are fractions in data (0.75) and percentages on screens. */
  unit: '%' | 'kWh' | 'items' | 's' | 'kWh/item';
  /** Which way is better; `none` for quantities. */
  direction: 'up' | 'down' | 'none';
  /** Formula in the symbols of the source. */
  formula: string;
  source: string;
  /** What a programme or the literature asks for, where somebody does. Boards colour by it. */
  target?: { value: number; source: string };
  /** Digits after the point on screens (after conversion to %). */
  decimals: number;
}

export const kpiIds = [
  'oee',
  'availability',
  'effectiveness',
  'quality_ratio',
  'energy_kwh_per_good_item',
  'defect_ratio',
  'energy_kwh',
  'items',
  'good_items',
  'cnc_ratio_declared',
  'cnc_ratio_connected',
  'cnc_ratio_active',
  'coverage',
] as const;
export type KpiId = (typeof kpiIds)[number];

const iso22400 = (title: string) => `ISO 22400-2:2014 / GB/T 34044.2-2017, ${title}`;

export const kpiCatalogue: Readonly<Record<KpiId, KpiDefinition>> = {
  oee: {
    id: 'oee',
    name: { en: 'Overall equipment effectiveness (OEE)', zh: '设备综合效率 (OEE)' },
    unit: '%',
    direction: 'up',
    formula: 'OEE = availability · effectiveness · quality ratio = Σ(PRI·GQ) / ΣPBT',
    source: iso22400('OEE index'),
    target: { value: 0.85, source: 'Nakajima, Introduction to TPM, 1988' },
    decimals: 1,
  },
  availability: {
    id: 'availability',
    name: { en: 'Availability', zh: '可用率' },
    unit: '%',
    direction: 'up',
    formula: 'APT / PBT',
    source: iso22400('availability'),
    decimals: 1,
  },
  effectiveness: {
    id: 'effectiveness',
    name: { en: 'Effectiveness', zh: '效能' },
    unit: '%',
    direction: 'up',
    formula: 'PRI · PQ / APT',
    source: iso22400('effectiveness'),
    decimals: 1,
  },
  quality_ratio: {
    id: 'quality_ratio',
    name: { en: 'Quality ratio', zh: '质量率' },
    unit: '%',
    direction: 'up',
    formula: 'GQ / PQ',
    source: iso22400('quality ratio'),
    decimals: 1,
  },
  energy_kwh_per_good_item: {
    id: 'energy_kwh_per_good_item',
    name: { en: 'Energy per good item', zh: '单位合格品能耗' },
    unit: 'kWh/item',
    direction: 'down',
    formula: '(import − export) / GQ',
    source: 'GB/T 2589-2020, unit product energy consumption; electricity only, register differences',
    decimals: 4,
  },
  defect_ratio: {
    id: 'defect_ratio',
    name: { en: 'Defect ratio', zh: '不良品率' },
    unit: '%',
    direction: 'down',
    formula: 'SQ / PQ',
    source: iso22400('scrap ratio'),
    decimals: 1,
  },
  energy_kwh: {
    id: 'energy_kwh',
    name: { en: 'Electrical energy', zh: '用电量' },
    unit: 'kWh',
    direction: 'none',
    formula: 'import register difference − export register difference',
    source: 'GB/T 2589-2020; energy from register differences',
    decimals: 3,
  },
  items: {
    id: 'items',
    name: { en: 'Items produced', zh: '产量' },
    unit: 'items',
    direction: 'none',
    formula: 'PQ',
    source: iso22400('produced quantity'),
    decimals: 0,
  },
  good_items: {
    id: 'good_items',
    name: { en: 'Good items', zh: '合格品数' },
    unit: 'items',
    direction: 'none',
    formula: 'GQ',
    source: iso22400('good quantity'),
    decimals: 0,
  },
  cnc_ratio_declared: {
    id: 'cnc_ratio_declared',
    name: { en: 'CNC ratio of key processes, declared', zh: '关键工序数控化率(申报)' },
    unit: '%',
    direction: 'up',
    formula: 'key processes under numerical or process control in the register / key processes',
    source: '关键工序数控化率, basis process_count',
    target: { value: 0.7, source: '工信部联规〔2023〕258号: more than 70 % by 2027' },
    decimals: 1,
  },
  cnc_ratio_connected: {
    id: 'cnc_ratio_connected',
    name: { en: 'CNC ratio of key processes, connected', zh: '关键工序数控化率(联网)' },
    unit: '%',
    direction: 'up',
    formula: 'declared, and a controller was seen in the period / key processes',
    source: '关键工序数控化率, basis process_count',
    decimals: 1,
  },
  cnc_ratio_active: {
    id: 'cnc_ratio_active',
    name: { en: 'CNC ratio of key processes, active', zh: '关键工序数控化率(生产)' },
    unit: '%',
    direction: 'up',
    formula: 'declared, and it produced in the period / key processes',
    source: '关键工序数控化率, basis process_count',
    decimals: 1,
  },
  coverage: {
    id: 'coverage',
    name: { en: 'Coverage', zh: '数据覆盖率' },
    unit: '%',
    direction: 'up',
    formula: 'observed part of PBT / PBT',
    source: 'Benchline: unobserved time is neither production nor a stop',
    target: { value: 0.9, source: 'usual completeness asked of online energy reporting' },
    decimals: 1,
  },
};
