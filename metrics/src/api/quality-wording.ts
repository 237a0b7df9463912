import type { GradeCriterion, QualityGrade } from '../quality/grade.ts';
import type { ChartRule } from '../quality/rules.ts';
import type { QualityReason } from '../quality/yield.ts';

interface Wording {
  en: string;
  zh: string;
}

/** Why a figure of quality is absent. */
export const qualityReasonWording: Readonly<Record<QualityReason, Wording>> = {
  no_items: { en: 'Nothing was submitted, or not for every process', zh: '没有送检数量，或部分工序缺数据' },
  contradiction: { en: 'Counts contradict each other', zh: '计数相互矛盾' },
  too_few_samples: { en: 'Too few values', zh: '样本太少' },
  no_spread: { en: 'Values do not vary', zh: '数值没有波动' },
  no_limits: { en: 'No specification limit', zh: '没有规格限' },
  not_declared: { en: 'Not declared', zh: '未申报' },
};

export const ruleWording: Readonly<Record<ChartRule, Wording>> = {
  beyond_limits: { en: 'One point beyond the limits', zh: '1 点超出控制限' },
  two_of_three_beyond_two_sigma: {
    en: 'Two of three points beyond 2σ on one side',
    zh: '连续 3 点中有 2 点在同侧 2σ 以外',
  },
  four_of_five_beyond_one_sigma: {
    en: 'Four of five points beyond 1σ on one side',
    zh: '连续 5 点中有 4 点在同侧 1σ 以外',
  },
  eight_on_one_side: { en: 'Eight points on one side', zh: '连续 8 点在中心线同侧' },
  nine_on_one_side: { en: 'Nine points on one side', zh: '连续 9 点在中心线同侧' },
  six_in_trend: { en: 'Six points rising or falling', zh: '连续 6 点递增或递减' },
  fourteen_alternating: { en: 'Fourteen points up and down by turns', zh: '连续 14 点上下交替' },
  fifteen_within_one_sigma: { en: 'Fifteen points within 1σ', zh: '连续 15 点在 1σ 以内' },
  eight_beyond_one_sigma: {
    en: 'Eight points beyond 1σ, on both sides',
    zh: '连续 8 点在中心线两侧且均在 1σ 以外',
  },
};

export const gradeWording: Readonly<Record<QualityGrade, Wording>> = {
  experience: { en: 'Experience', zh: '经验级' },
  inspection: { en: 'Inspection', zh: '检验级' },
  assurance: { en: 'Assurance', zh: '保证级' },
  prevention: { en: 'Prevention', zh: '预防级' },
  excellence: { en: 'Excellence', zh: '卓越级' },
};

export const criterionWording: Readonly<Record<GradeCriterion, Wording>> = {
  ppm: { en: 'Defective units per million', zh: '百万件不良数' },
  cpk: { en: 'Lowest Cpk', zh: '最低 Cpk' },
  rolled_yield: { en: 'Rolled first-pass yield', zh: '全过程一次交验合格率' },
  internal_loss: { en: 'Internal quality loss ÷ output value', zh: '内部质量损失率' },
  external_loss: { en: 'External quality loss ÷ output value', zh: '外部质量损失率' },
};

/** What the grade of the document needs besides, and no data give. */
export const notJudged: readonly Wording[] = [
  { en: 'Quality management system', zh: '质量管理体系' },
  { en: 'Digitalisation of quality management', zh: '质量管理数字化' },
  { en: 'Sustained success', zh: '持续成功' },
];
