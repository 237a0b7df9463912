import { exampleShift, type KpiDefinition, kpiCatalogue } from '../kpi/catalogue.ts';
import { chineseExampleShift } from '../kpi/chinese.ts';
import type { Definition } from '../kpi/definition.ts';
import { type DerivedFormulaId, derivedFormulaOf, derivedFormulas } from '../kpi/derived.ts';
import { inputNames } from '../kpi/input-names.ts';
import { type StandardKpi, standardKpis } from '../kpi/iso22400.ts';
import { figureStatusTexts } from '../kpi/statuses.ts';
import { kpiTexts } from '../kpi/texts.ts';
import { declaredInputs } from '../telemetry/statement.ts';
import { code, generatedNote, page, table } from './markdown.ts';

type PageLanguage = 'en' | 'zh';

/** What the page says of its figures, in one language. */
interface Wording {
  title: string;
  intro: string;
  head: readonly string[];
  standard: { title: string; intro: string; head: readonly string[] };
  elsewhere: { title: string; text: string };
  statuses: { title: string; intro: string; head: readonly string[] };
  derived: { title: string; intro: string; head: readonly string[] };
  example: { title: string; text: string };
  labels: Readonly<Record<'formula' | 'unit' | 'source' | 'inputs' | 'target' | 'example', string>>;
  version(number: number): string;
  directions: Readonly<Record<Definition['direction'], string>>;
}

const wording: Readonly<Record<PageLanguage, Wording>> = {
  en: {
    title: '# Reference: key performance indicators',
    intro: [
      'Figures with unit % are fractions in data (0.75) and percentages on screens.',
      'A figure that cannot be computed is absent with a reason, never 0. PRI planned run time per item · PQ produced, GQ good,',
      'SQ scrapped, RQ reworked quantity · PBT planned busy time · APT actual production time · AUST setup · ADET delays · ADOT',
      'down time · AUPT = APT + AUST · AUBT = AUPT + ADET · PMT planned maintenance (ISO 22400-2).',
      'In Chinese: [kpis.zh-CN.md](kpis.zh-CN.md).',
    ].join('\n'),
    head: ['Name', '名称', 'Id', 'Unit', 'Formula'],
    standard: {
      title: '## The 34 of ISO 22400-2',
      intro: 'What each needs, and with which status it is absent where that is missing.',
      head: ['KPI of the standard', 'Figure', 'Needs', 'Absent as'],
    },
    elsewhere: {
      title: '## Of one characteristic, and of time to come',
      // The rest of ISO 22400-2's list: figures of a scope and window cannot hold them.
      text: [
        'Cp = (USL − LSL) / 6σ_within, Cpk = min(USL − μ, μ − LSL) / 3σ_within, Cm and Cmk (the same over one short run of a machine),',
        'Pp and Ppk (over the overall s) belong to one quality characteristic of one machine, so they are no figure of a scope:',
        '`/api/v1/quality/capability` and `benchline kpi` (under `characteristics`) give them (ISO 22400-2: machine capability index, critical machine capability index, process',
        'capability index, critical process capability index). Unit 1, better when higher. Example: LSL 240, USL 270, mean 259.667,',
        'σ 13.1028 → Cp = 30 / 78.6168 = 0.38160, Cpk = (270 − 259.667) / 39.3084 = 0.26287; with that σ as the s of a short run of one',
        'machine they are its Cm and Cmk. Figures of people, stock and material are absent with the status',
        '`not_declared` until an entry of kind `declared_input` states their inputs for exactly the window, or for parts that fill it;',
        'a declaration is never divided. Results say of every figure whether it is `measured` or `declared`.',
        `What may be declared, and in which unit: ${declarable('en')}.`,
      ].join('\n'),
    },
    statuses: {
      title: '## Why a figure is absent',
      intro: 'Only `ok` and `partial` come with a value.',
      head: ['Status', 'What it says'],
    },
    derived: {
      title: '## Figures beside these',
      intro: 'Answers about energy, quality and losses name the formula of each of their figures.',
      head: ['Formula', 'In words'],
    },
    example: { title: '## The example', text: exampleShift },
    labels: {
      formula: 'Formula',
      unit: 'Unit',
      source: 'Source',
      inputs: 'Computed from',
      target: 'Asked for',
      example: 'Example',
    },
    version: (number) => ` (formula version ${number})`,
    directions: { up: 'higher is better', down: 'lower is better', none: 'a quantity' },
  },
  zh: {
    title: '# 参考:关键绩效指标',
    intro: [
      '单位为 % 的指标在数据中为小数 (0.75),在界面上为百分数。',
      '无法计算的指标为空并注明原因,绝不以 0 代替。PRI 单件计划用时 · PQ 生产数量,GQ 合格数量,SQ 报废数量,RQ 返工数量 ·',
      'PBT 计划工作时间 · APT 实际生产时间 · AUST 实际调整准备时间 · ADET 实际延误时间 · ADOT 实际停机时间 ·',
      'AUPT = APT + AUST · AUBT = AUPT + ADET · PMT 计划维护时间(GB/T 34044.2 / ISO 22400-2)。',
      '英文版:[kpis.md](kpis.md)。',
    ].join('\n'),
    head: ['名称', 'Name', '代码', '单位', '公式'],
    standard: {
      title: '## GB/T 34044.2 (ISO 22400-2) 的 34 项指标',
      intro: '各项指标所需的数据,以及缺少时以何种状态为空。',
      head: ['标准中的指标', '本系统的指标', '所需数据', '为空时的状态'],
    },
    elsewhere: {
      title: '## 单个质量特性的指标与申报指标',
      text: [
        'Cp = (USL − LSL) / 6σ_within,Cpk = min(USL − μ, μ − LSL) / 3σ_within,Cm 和 Cmk(同一公式,取设备的一次短时运行),',
        'Pp 和 Ppk(按总体 s)属于一台设备的一个质量特性,不是某个范围的指标,由 `/api/v1/quality/capability` 和 `benchline kpi`(`characteristics`)给出。单位 1,越高越好。',
        '算例:LSL 240,USL 270,均值 259.667,σ 13.1028 → Cp = 30 / 78.6168 = 0.38160,Cpk = (270 − 259.667) / 39.3084 = 0.26287;',
        '以单台设备短期运行的 s 代替 σ,即为 Cm 和 Cmk。',
        '人员、库存和物料类指标在没有 `declared_input` 录入恰好申报该时间窗口(或能拼满它的各段)的输入之前,状态为 `not_declared`;',
        '申报值从不拆分。每个结果都注明指标是实测 (`measured`) 还是申报 (`declared`)。',
        `可申报的输入及其单位:${declarable('zh')}。`,
      ].join('\n'),
    },
    statuses: {
      title: '## 指标为空的原因',
      intro: '只有 `ok` 和 `partial` 带有数值。',
      head: ['状态', '含义'],
    },
    derived: {
      title: '## 其他数值的公式',
      intro: '能源、质量和损失类回答为其中每个数值注明所用公式。',
      head: ['公式', '说明'],
    },
    example: { title: '## 算例', text: chineseExampleShift },
    labels: {
      formula: '公式',
      unit: '单位',
      source: '出处',
      inputs: '输入',
      target: '目标',
      example: '算例',
    },
    version: (number) => `(公式版本 ${number})`,
    directions: { up: '越高越好', down: '越低越好', none: '数量' },
  },
};

function declarable(language: PageLanguage): string {
  return Object.entries(declaredInputs)
    .map(([id, { unit, name }]) => `${code(id)} (${name[language]}, ${code(unit)})`)
    .join(', ');
}

/** The catalogue of figures as a page in one language. */
export function kpiPage(language: PageLanguage): string {
  const { title, intro, head, standard, elsewhere, statuses, derived, example } = wording[language];
  const all = Object.values(kpiCatalogue).map((kpi) => textsOf(kpi, language));
  return page([
    title,
    generatedNote,
    intro,
    table(
      head,
      all.map(({ kpi: { id }, names, unit, formula }) => [
        `[${names[0]}](#${id.replaceAll('_', '-')})`,
        names[1],
        code(id),
        unit,
        formula,
      ]),
    ),
    standard.title,
    standard.intro,
    table(
      standard.head,
      standardKpis.map((kpi) => standardRow(kpi, language)),
    ),
    elsewhere.title,
    elsewhere.text,
    statuses.title,
    statuses.intro,
    table(
      statuses.head,
      Object.entries(figureStatusTexts).map(([id, texts]) => [code(id), texts[language]]),
    ),
    derived.title,
    derived.intro,
    table(
      derived.head,
      Object.entries(derivedFormulas).map(([id, texts]) => [
        code(derivedFormulaOf(id as DerivedFormulaId)),
        texts[language],
      ]),
    ),
    example.title,
    example.text,
    ...all.flatMap((texts) => section(texts, wording[language])),
  ]);
}

type Texts = ReturnType<typeof textsOf>;

function textsOf(kpi: KpiDefinition, language: PageLanguage) {
  const { name, target } = kpi;
  const { formula, source, unit, calculation, target: asked } = kpiTexts(kpi);
  const en = language === 'en';
  return {
    kpi,
    names: en ? ([name.en, name.zh] as const) : ([name.zh, name.en] as const),
    unit: unit[language],
    formula: formula[language],
    source: source[language],
    calculation: calculation[language],
    asked: target && asked && `${target.value} (${asked[language]})`,
    inputs: (kpi.inputs ?? []).map((id) => (en ? code(id) : `${inputNames[id]?.zh ?? ''} ${code(id)}`)),
  };
}

function standardRow({ title, figure, needs, absent }: StandardKpi, language: PageLanguage): string[] {
  const own = figure in kpiCatalogue ? kpiCatalogue[figure as keyof typeof kpiCatalogue].name.zh : undefined;
  const name = language === 'en' ? title : `${own ?? capabilityNames[figure] ?? ''} (${title})`;
  return [name, code(figure), needs[language], absent.map(code).join(', ')];
}

const capabilityNames: Readonly<Record<string, string>> = {
  cm: '设备能力指数',
  cmk: '临界设备能力指数',
  cp: '过程能力指数',
  cpk: '临界过程能力指数',
};

function section({ kpi, names, ...texts }: Texts, { labels, version, directions }: Wording): string[] {
  const { value } = kpi.example;
  const shown = kpi.unit === '%' || kpi.unit === '1' ? `${value}` : `${value} ${texts.unit}`;
  const lines = [
    `- **${labels.formula}**: ${texts.formula}`,
    `- **${labels.unit}**: ${texts.unit}, ${directions[kpi.direction]}`,
    `- **${labels.source}**: ${texts.source}`,
    `- **${labels.inputs}**: ${texts.inputs.join(', ')}${version(kpi.version)}`,
    ...(texts.asked === undefined ? [] : [`- **${labels.target}**: ${texts.asked}`]),
    `- **${labels.example}**: ${texts.calculation} = ${shown}`,
  ];
  return [`## ${kpi.id.replaceAll('_', ' ')}`, names.join(' · '), lines.join('\n')];
}
