import type { Language } from './types.ts';

const en = {
  comprehensive:
    'Σ amount of each carrier × its factor; a carrier that is made on site counts as what it was made of',
  co2: 'Σ amount of each carrier × its CO₂ factor',
  per_item: 'Comprehensive energy ÷ good items',
  per_value: 'Comprehensive energy ÷ value that was declared for exactly this window',
  carrier: 'Σ (rise of the import registers − rise of the export registers), meters in the tree counted once',
  by_state: 'Σ rises of the registers that lie within one stretch of this state',
  by_product: 'Σ rises of the registers while this product was made; each: ÷ its items',
  by_machine:
    'Rise of its registers. Idle share: energy while powered and neither producing nor in setup ÷ energy while powered; the range says what energy of no known state could change',
  tariff: 'Energy read in the hours of this price × the price; the tariff is that of the plant file',
  meter: 'Rise of the register between its readings at both ends of the window',
  remainder: 'Feeder − Σ meters behind it',
  limit: 'Energy of the scope in the period, against the limit of the plant file',
  limit_per_item: 'Energy of the scope in the period ÷ good items, against the limit of the plant file',
  forecast:
    'Used so far + what the days left usually use: the mean of earlier days of the same kind (working day, Saturday, Sunday) without the highest and lowest 35 %, weighed with a half-life of 20 days; today also by what yesterday was. The range held nine of ten earlier forecasts of the same length',
  contribution:
    'Energy of this machine, in this state, making this product, less the mean of the same in the periods compared with',
} as const;
/** How an energy figure is computed, in words. */
export type EnergyFormulaId = keyof typeof en;

const zh: Record<EnergyFormulaId, string> = {
  comprehensive: 'Σ 各能源品种用量 × 折算系数；自产能源按其所耗能源计，不重复计算',
  co2: 'Σ 各能源品种用量 × 二氧化碳排放因子',
  per_item: '综合能耗 ÷ 合格品数量',
  per_value: '综合能耗 ÷ 恰为该时段申报的产值或增加值',
  carrier: 'Σ（正向寄存器增量 − 反向寄存器增量），按表计层级每度电只计一次',
  by_state: 'Σ 完全落在该状态时段内的寄存器增量',
  by_product: 'Σ 生产该产品期间的寄存器增量；单件：÷ 产量',
  by_machine:
    '该设备寄存器增量。空载占比：通电但既未生产也未准备时的能耗 ÷ 通电时的能耗；括号内为状态不明的能耗可能造成的范围',
  tariff: '该电价时段内读到的电量 × 电价；电价取自工厂文件',
  meter: '寄存器在时段两端读数之差',
  remainder: '总表 − Σ 下级表计',
  limit: '该范围在该周期内的用能，与工厂文件中的限额比较',
  limit_per_item: '该范围在该周期内的用能 ÷ 合格品数量，与工厂文件中的限额比较',
  forecast:
    '已用量 + 剩余各日的通常用量：同类日（工作日、周六、周日）去掉最高和最低各 35 % 后的加权平均，半衰期 20 天；当日预测还参考前一日。区间覆盖同样长度以往预测的九成',
  contribution: '该设备在该状态下生产该产品的能耗，减去对比周期内同项的平均值',
};

const formulas: Record<Language, Record<EnergyFormulaId, string>> = { en, zh };

export function energyFormula(language: Language, id: EnergyFormulaId): string {
  return formulas[language][id];
}
