/**
 * How figures are computed that answers give beside the key figures of the catalogue, in both languages. A version is
 * raised when the same inputs give another value than before.
 */

interface DerivedFormula {
  version: number;
  en: string;
  zh: string;
}

const first = (en: string, zh: string): DerivedFormula => ({ version: 1, en, zh });

const idleShare = {
  en: 'energy while powered and neither producing nor in setup ÷ energy while powered; the range says what energy of no known state could change',
  zh: '通电但既未生产也未准备时的能耗 ÷ 通电时的能耗；括号内为状态不明的能耗可能造成的范围',
};

const energyFormulas = {
  comprehensive_energy: first(
    'Σ amount of each carrier × its factor; a carrier that is made on site counts as what it was made of',
    'Σ 各能源品种用量 × 折算系数；自产能源按其所耗能源计，不重复计算',
  ),
  energy_co2: first('Σ amount of each carrier × its CO₂ factor', 'Σ 各能源品种用量 × 二氧化碳排放因子'),
  energy_per_good_item: first('Comprehensive energy ÷ good items', '综合能耗 ÷ 合格品数量'),
  energy_per_value: first(
    'Comprehensive energy ÷ value that was declared for exactly this window',
    '综合能耗 ÷ 恰为该时段申报的产值或增加值',
  ),
  carrier_energy: first(
    'Σ (rise of the import registers − rise of the export registers), meters in the tree counted once',
    'Σ(正向寄存器增量 − 反向寄存器增量)，按表计层级每度电只计一次',
  ),
  energy_by_state: first(
    'Σ rises of the registers that lie within one stretch of this state',
    'Σ 完全落在该状态时段内的寄存器增量',
  ),
  energy_by_product: first(
    'Σ rises of the registers while this product was made; each: ÷ its items',
    'Σ 生产该产品期间的寄存器增量；单件：÷ 产量',
  ),
  energy_by_machine: first(
    `Rise of its registers. Idle share: ${idleShare.en}`,
    `该设备寄存器增量。空载占比：${idleShare.zh}`,
  ),
  idle_share: first(idleShare.en.replace(/^e/, 'E'), idleShare.zh),
  energy_tariff: first(
    'Energy read in the hours of this price × the price; the tariff is that of the plant file',
    '该电价时段内读到的电量 × 电价；电价取自工厂文件',
  ),
  energy_cost: first(
    'Σ over the bands of the tariff (energy read in their hours × their price); time before its first version has no price',
    'Σ 各电价时段(时段内读到的电量 × 电价)；电价首个版本生效前的时间不计价',
  ),
  meter_difference: first(
    'Rise of the register between its readings at both ends of the window',
    '寄存器在时段两端读数之差',
  ),
  feeder_remainder: first('Feeder − Σ meters behind it', '总表 − Σ 下级表计'),
  energy_limit: first(
    'Energy of the scope in the period, against the limit of the plant file',
    '该范围在该周期内的用能，与工厂文件中的限额比较',
  ),
  energy_limit_per_item: first(
    'Energy of the scope in the period ÷ good items, against the limit of the plant file',
    '该范围在该周期内的用能 ÷ 合格品数量，与工厂文件中的限额比较',
  ),
  energy_forecast: {
    version: 2,
    en: 'Used so far + what the days left usually use: the mean of earlier days of the same kind (working day, Saturday, Sunday) without the highest and lowest 35 %, weighed with a half-life of 20 days; today also by what yesterday was, less what usually is over by now, and moved towards its own pace as it passes. The range held nine of ten earlier forecasts of the same length',
    zh: '已用量 + 剩余各日的通常用量：同类日(工作日、周六、周日)去掉最高和最低各 35 % 后的加权平均，半衰期 20 天；当日还参考前一日，扣除此时通常已用的部分，并随时间推移按当日实际进度修正。区间覆盖同样长度以往预测的九成',
  },
  energy_contribution: first(
    'Energy of this machine, in this state, making this product, less the mean of the same in the periods compared with',
    '该设备在该状态下生产该产品的能耗，减去对比周期内同项的平均值',
  ),
  energy_baseline_ratio: first(
    'Expected = Σ energy ÷ Σ of the variable over the n complete periods of the baseline time × the variable of the period; R² = 1 − Σ(actual − expected)² ÷ Σ(actual − mean)²',
    '期望值 = 基线时段内 n 个完整周期的(Σ 能耗 ÷ Σ 变量)× 该周期的变量；R² = 1 − Σ(实际 − 期望)² ÷ Σ(实际 − 均值)²',
  ),
  energy_baseline_regression: first(
    'Expected = base load + Σ slope × variable, by least squares over the n complete periods of the baseline time; R² = 1 − Σ(actual − expected)² ÷ Σ(actual − mean)²',
    '期望值 = 基础负荷 + Σ 斜率 × 变量，对基线时段内 n 个完整周期作最小二乘拟合；R² = 1 − Σ(实际 − 期望)² ÷ Σ(实际 − 均值)²',
  ),
  energy_saving: first(
    'Σ (expected − actual) over the complete periods of the window (CUSUM); positive is saved',
    'Σ(期望值 − 实际值)，时间窗口内完整周期的累计(CUSUM)；正值为节约',
  ),
} as const satisfies Record<string, DerivedFormula>;

const qualityFormulas = {
  cp: first('(USL − LSL) ÷ 6σ, σ within subgroups', '(USL − LSL) ÷ 6σ，σ 为组内标准差'),
  cpk: first(
    'min(USL − mean, mean − LSL) ÷ 3σ, σ within subgroups',
    'min(USL − 均值, 均值 − LSL) ÷ 3σ，σ 为组内标准差',
  ),
  pp: first('(USL − LSL) ÷ 6s, s of all values', '(USL − LSL) ÷ 6s，s 为全部数值的标准差'),
  ppk: first(
    'min(USL − mean, mean − LSL) ÷ 3s, s of all values',
    'min(USL − 均值, 均值 − LSL) ÷ 3s，s 为全部数值的标准差',
  ),
  cm: first(
    '(USL − LSL) ÷ 6s, s of all values of a short run of one machine',
    '(USL − LSL) ÷ 6s，s 为单台设备短期连续样本的标准差',
  ),
  cmk: first(
    'min(USL − mean, mean − LSL) ÷ 3s, s of all values of a short run of one machine',
    'min(USL − 均值, 均值 − LSL) ÷ 3s，s 为单台设备短期连续样本的标准差',
  ),
  control_limits: first(
    'Centre ± 3σ of the baseline: X̄-R by A₂, D₃ and D₄, I-MR by the mean moving range ÷ 1.128; p and u by the size of each sample',
    '中心线 ± 3σ(取自基线)：X̄-R 按 A₂、D₃、D₄，I-MR 按平均移动极差 ÷ 1.128；p 图和 u 图按各样本量',
  ),
  first_pass_yield: first(
    'Passed at the first submission ÷ submitted: of inspections where there are any, else of counters; rework does not pass',
    '首次交验合格数 ÷ 交验数：有检验记录时按检验记录，否则按计数；返工不算合格',
  ),
  rolled_yield: first(
    'Π first pass yields of the chain; of several chains the lowest',
    'Π 工序链各工序一次交验合格率；有多条工序链时取最低',
  ),
  rolled_yield_from_defects: first('e^−Σ(defects an item)', 'e^−Σ(单件缺陷数)'),
  dpmo: first('defects ÷ (items · opportunities) · 10⁶', '缺陷数 ÷(件数 · 机会数)· 10⁶'),
  sigma_level: first('Φ⁻¹(1 − DPMO ÷ 10⁶) + 1.5', 'Φ⁻¹(1 − DPMO ÷ 10⁶) + 1.5'),
  defective_ppm: first(
    '(submitted − passed at the first submission) ÷ submitted · 10⁶, over all processes',
    '(交验数 − 首次交验合格数)÷ 交验数 · 10⁶，全部工序合计',
  ),
  lowest_cpk: first(
    'The lowest Cpk of the characteristics with limits that were measured',
    '有规格限且有测量值的各质量特性中最低的 Cpk',
  ),
  quality_loss_ratio: first(
    'Declared cost of quality losses ÷ declared output value, both of the window',
    '申报的质量损失 ÷ 申报的总产值，均为该时间窗口',
  ),
  quality_grade: first(
    'The highest grade whose criteria, and those of all below it, are met',
    '其自身及以下各级的全部条件均满足的最高等级',
  ),
} as const satisfies Record<string, DerivedFormula>;

const lossFormulas = {
  loss_waterfall: first(
    'From calendar time less each loss in turn; speed = APT − Σ PRI·PQ, start-up and defects = Σ PRI · rejects, what is left = Σ PRI·GQ',
    '从日历时间依次减去各项损失；速度损失 = APT − Σ PRI·PQ，开机不良与不良 = Σ PRI · 不良数，剩余 = Σ PRI·GQ',
  ),
  six_losses: first(
    'Nakajima: breakdown = faults; setup; idling and minor stops = waiting + short stops; reduced speed; process defects; start-up rejects',
    'Nakajima：故障 = 故障时间；换型调整；空转与短暂停机 = 等待 + 短停；速度降低；加工不良；开机不良',
  ),
  stops_by_reason: first(
    'Observed time in planned busy time by state and reason; each counts where it begins',
    '计划时间内观测到的停机时间，按状态和原因；次数计入其开始所在的时间窗口',
  ),
  micro_stops_by_reason: first(
    'Stops from producing to producing shorter than losses.micro_stop_s, where they end',
    '从生产到恢复生产、短于 losses.micro_stop_s 的停机，计入其结束所在的时间窗口',
  ),
  mtbf_by_cause: first('(observed PBT − all time in fault) ÷ times', '(已观测 PBT − 全部故障时间)÷ 次数'),
  mttr_by_cause: first('Time for this cause ÷ times', '该原因的时间 ÷ 次数'),
  defects_by_cause: first(
    'Items that people named the cause of; the rest of what was counted is unnamed',
    '人员指明原因的件数；其余已计数的为未指明',
  ),
} as const satisfies Record<string, DerivedFormula>;

export const derivedFormulas = { ...energyFormulas, ...qualityFormulas, ...lossFormulas };
export type DerivedFormulaId = keyof typeof derivedFormulas;

/** As answers name it: `energy_cost@1`. */
export function derivedFormulaOf(id: DerivedFormulaId): string {
  return `${id}@${derivedFormulas[id].version}`;
}
