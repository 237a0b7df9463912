import type { KpiId } from './catalogue.ts';
import type { Definition } from './definition.ts';

/** What the catalogue says of a figure, in Chinese. */
interface ChineseTexts {
  formula: string;
  source: string;
  /** Where the example's calculation has words in it. */
  calculation?: string;
  /** Who asks for the target, of figures that have one. */
  target?: string;
}

const iso = (title: string) => `GB/T 34044.2-2017 / ISO 22400-2:2014,${title}`;
const declared = (formula: string, title: string): ChineseTexts => ({
  formula: `${formula}，两者均为申报值`,
  source: iso(title),
});
const cnc = '关键工序数控化率，口径：按工序数 (process_count)';
const nakajima = 'Nakajima，《TPM 入门》，1988';

/** The catalogue's texts in Chinese; names stand beside the English ones in the catalogue itself. */
export const chineseTexts: Readonly<Record<KpiId, ChineseTexts>> = {
  oee: {
    formula: 'OEE = 可用率 · 效能 · 质量率 = Σ(PRI·GQ) / ΣPBT',
    source: iso('设备综合效率指数'),
    target: nakajima,
  },
  availability: { formula: 'APT / PBT', source: iso('可用率') },
  effectiveness: { formula: 'PRI · PQ / APT', source: iso('效能') },
  allocation_efficiency: { formula: 'AUBT / PBT', source: iso('分配效率') },
  utilization_efficiency: { formula: 'APT / AUBT', source: iso('利用效率') },
  technical_efficiency: { formula: 'APT / (APT + ADET)', source: iso('技术效率') },
  setup_ratio: { formula: 'AUST / AUPT', source: iso('调整准备率') },
  nee: { formula: 'AUPT / PBT · 效能 · 质量率', source: iso('设备净效率指数') },
  teep: { formula: 'OEE · PBT / 日历时间', source: 'Ivancic，《现代生产中的维修发展》，1998' },
  nakajima_availability: {
    formula: '(PBT − 调整准备 − 故障 − 无订单) / PBT；与其性能开动率和质量率相乘，得到同一个 OEE',
    source: `${nakajima}：负荷时间减停机时间`,
  },
  nakajima_performance: {
    formula: 'PRI · PQ / (APT + 等待 + 短暂停机)',
    source: `${nakajima}：短暂停机和速度属于性能损失`,
  },
  mtbf: {
    formula: '(PBT − 故障时间) / 故障次数',
    source: iso('平均故障间隔时间；除以观测到的故障次数'),
  },
  mttf: { formula: 'APT / 故障次数', source: iso('平均失效前时间；按生产时间') },
  mttr: { formula: '故障时间 / 故障次数', source: iso('平均修复时间') },
  corrective_maintenance_ratio: {
    formula: 'CMT / (CMT + PMT)；CMT 取该时间窗口的申报值，否则取故障时间',
    source: iso('纠正性维护比率'),
  },
  micro_stops: {
    formula:
      '计划时间内从生产到恢复生产、短于工厂文件 losses.micro_stop_s 的停机次数；每次计入其结束所在的时间窗口',
    source: `${nakajima}：空转和短暂停机`,
    calculation: '4 次短于 300 s 的短暂停机',
  },
  micro_stop_time: {
    formula: 'Σ 微停机时长；每次整段计入其结束所在的时间窗口',
    source: `${nakajima}：空转和短暂停机`,
  },
  coverage: {
    formula: 'PBT 中有数据的部分 / PBT',
    source: 'Benchline：无数据的时间既不是生产也不是停机',
    target: '能耗在线监测通常要求的数据完整率',
  },
  items: { formula: 'PQ', source: iso('生产数量'), calculation: '计数 660 件' },
  good_items: { formula: 'GQ', source: iso('合格数量'), calculation: '计数 627 件' },
  quality_ratio: { formula: 'GQ / PQ', source: iso('质量率') },
  defect_ratio: { formula: 'SQ / PQ', source: iso('报废率') },
  rework_ratio: { formula: 'RQ / PQ', source: iso('返工率') },
  first_pass_yield: {
    formula: 'GP / IP：首次交验合格数 / 交验数；返工品不算合格',
    source: iso('一次合格率'),
  },
  rolled_throughput_yield: {
    formula: 'Π 工序链各工序的一次交验合格率；有检验记录时按检验，否则按各工位的 GQ / PQ；多条工序链取最低',
    source: '六西格玛，流通合格率；全过程一次交验合格率',
  },
  allocation_ratio: {
    formula: 'ΣAUBT / ΣAOET，按订单合计；多个工作单元执行同一订单时可超过 100 %',
    source: iso('分配率'),
  },
  throughput_rate: {
    formula: 'PQ / AOET，按订单合计；PQ 为各工作单元为这些订单生产的数量',
    source: iso('生产率'),
    calculation: '660 件 / 36 000 s · 3 600 s/h',
  },
  production_process_ratio: {
    formula: 'ΣAPT / ΣAOET，按订单合计；多个工作单元执行同一订单时可超过 100 %',
    source: iso('生产过程率'),
  },
  equipment_load_ratio: {
    formula: 'PQ / EPC，其中 EPC = 工厂文件中的小时产能 · PBT',
    source: iso('设备负荷率'),
    calculation: '660 / (100 件/h · 28 800 s)',
  },
  actual_to_planned_scrap_ratio: {
    formula: 'SQ / PSQ，其中 PSQ = Σ 产品计划报废率 · 有数据的 PBT 内的 PQ，或该时间窗口的申报值',
    source: iso('实际与计划报废比'),
  },
  fall_off_ratio: {
    formula: '工序链各工序的 ΣSQ / 首道工序的 PQ',
    source: iso('生产过程损耗率'),
  },
  energy_kwh: {
    formula: '正向表底差 − 反向表底差',
    source: 'GB/T 2589-2020；电量按表底差计算',
  },
  energy_kwh_per_good_item: {
    formula: '(正向 − 反向) / GQ',
    source: 'GB/T 2589-2020，单位产品能耗；仅电力，按表底差',
  },
  comprehensive_energy_kgce: {
    formula: 'Σ eᵢ·pᵢ，所有能源品种合计，pᵢ 取工厂文件所指的折标系数集',
    source: 'GB/T 2589-2020；范围内自产的二次能源不重复计算',
  },
  comprehensive_energy_kgce_per_good_item: {
    formula: 'Σ eᵢ·pᵢ / GQ',
    source: 'GB/T 2589-2020，单位产品综合能耗',
  },
  co2_kg: {
    formula: 'Σ eᵢ·fᵢ，所有能源品种合计；电力按所在电网、地区和年份的排放因子',
    source: '生态环境部，电力平均二氧化碳排放因子',
  },
  idle_energy_share: {
    formula: '通电且既非 APT 也非 AUST 时的电量 / 通电时的电量；设备，电力',
    source: 'Benchline：表底数在状态变化处切分；有状态上报即视为通电',
  },
  cnc_ratio_declared: {
    formula: '台账中采用数控或过程控制的关键工序数 / 关键工序数',
    source: cnc,
    calculation: '4 道关键工序中的 3 道',
    target: '工信部联规〔2023〕258号：到 2027 年超过 70 %',
  },
  cnc_ratio_connected: {
    formula: '已申报且期内观测到控制器的关键工序数 / 关键工序数',
    source: cnc,
    calculation: '4 道关键工序中的 2 道',
  },
  cnc_ratio_active: {
    formula: '已申报且期内有生产的关键工序数 / 关键工序数',
    source: cnc,
    calculation: '4 道关键工序中的 1 道',
  },
  worker_efficiency: declared('APWT / APAT', '员工效率'),
  inventory_turns: {
    ...declared('TH / 平均库存', '库存周转次数'),
    calculation: '627 件 / 104.5 件',
  },
  finished_goods_ratio: declared('GQ / CM', '成品率'),
  integrated_goods_ratio: declared('IGQ / CM', '综合合格品率'),
  production_loss_ratio: declared('PL / CM', '生产损失率'),
  storage_transport_loss_ratio: declared('STL / CM', '存储运输损失率'),
  other_loss_ratio: declared('OL / CM', '其他损失率'),
};

/** Units as screens and pages show them in Chinese. */
export const chineseUnits: Readonly<Record<Definition['unit'], string>> = {
  '%': '%',
  '1': '1',
  kWh: 'kWh',
  kg: 'kg',
  kgce: 'kgce',
  h: '小时',
  s: '秒',
  items: '件',
  'items/h': '件/小时',
  'kWh/item': 'kWh/件',
  'kgce/item': 'kgce/件',
};

export const chineseExampleShift =
  '某设备的一个班次：计划工作时间 (PBT) 28 800 s，全部有数据：生产 (APT) 21 600 s，调整准备 (AUST) 1 800 s，等待 2 400 s，四次短暂停机共 600 s(150 s、150 s、200 s 和 100 s；短于 300 s 的停机为微停机)，有订单时的两次故障共 600 s(合计 ADET 3 600 s)，无订单 (ADOT) 1 800 s；另有计划维护 (PMT) 1 200 s。计划节拍每件 30 s；生产 660 件，其中合格 627 件，报废 22 件，待返工 11 件。订单在其中打开 27 000 s，其后又打开，从开始到结束共 36 000 s (AOET)。设备每小时可生产 100 件，计划报废率 4 %；工序链的第二道工序又报废 11 件。一天有 86 400 s。电表输入 132 kWh，回馈 6.6 kWh；差值中有 114 kWh 用于生产和调整准备。按 GB/T 2589-2020(当量值)和 2023 年全国电网因子折算。工厂有四道关键工序：三道为数控，其中两道观测到控制器，一道有生产。申报：8 h 出勤 (APAT) 中工作 7.5 h (APWT)；通过量 627 件，平均库存 104.5 件；消耗的 700 件物料 (CM) 中，成品 627 件，综合合格 638 件，生产损失 40 件，存储运输损失 14 件，其他 7 件。';
