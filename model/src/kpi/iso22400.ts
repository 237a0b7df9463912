import type { KpiId } from './catalogue.ts';

interface Needs {
  en: string;
  zh: string;
}

/** A KPI of ISO 22400-2 and where it is to be had. */
export interface StandardKpi {
  /** As the standard calls it. */
  title: string;
  /** The figure of the catalogue; capability indices belong to one characteristic and are no figure of a scope. */
  figure: KpiId | 'cp' | 'cpk' | 'cm' | 'cmk';
  /** What has to be known for it. */
  needs: Needs;
  /** Statuses that say why it is absent. */
  absent: readonly string[];
}

const states: Needs = { en: 'states, calendar', zh: '状态、日历' };
const failures: Needs = { en: 'states with faults, calendar', zh: '含故障的状态、日历' };
const items: Needs = { en: 'counters', zh: '计数器' };
const rated: Needs = {
  en: 'states, calendar, counters that tell good items, planned run time',
  zh: '状态、日历、能区分合格品的计数器、计划节拍',
};
const orders: Needs = { en: 'orders by signal or entry, states', zh: '由信号或录入给出的订单、状态' };
const measured: Needs = {
  en: 'measured values and limits of a characteristic',
  zh: '质量特性的测量值和规格限',
};

function and(a: Needs, b: Needs): Needs {
  return { en: `${a.en}, ${b.en}`, zh: `${a.zh}、${b.zh}` };
}

const overTime = ['not_applicable', 'no_planned_time', 'not_observed'] as const;
const overItems = ['not_applicable', 'not_observed', 'no_items'] as const;
const busyForOrders = ['not_applicable', 'no_orders', 'not_observed'] as const;
const ofSamples = ['no_limits', 'too_few_samples', 'no_spread'] as const;

/** A ratio of what only people can declare: of hours or of goods. */
function byPeople(title: string, figure: KpiId): StandardKpi {
  return {
    title,
    figure,
    needs: { en: 'declared by people', zh: '人员申报' },
    absent: ['not_declared', 'no_items'],
  };
}

/** The 34 KPIs of ISO 22400-2:2014 (GB/T 34044.2-2017). */
export const standardKpis: readonly StandardKpi[] = [
  byPeople('Worker efficiency', 'worker_efficiency'),
  { title: 'Allocation ratio', figure: 'allocation_ratio', needs: orders, absent: busyForOrders },
  {
    title: 'Throughput rate',
    figure: 'throughput_rate',
    needs: and(orders, items),
    absent: ['no_orders', 'not_applicable', 'not_observed'],
  },
  { title: 'Allocation efficiency', figure: 'allocation_efficiency', needs: states, absent: overTime },
  {
    title: 'Utilization efficiency',
    figure: 'utilization_efficiency',
    needs: states,
    absent: [...overTime, 'no_production'],
  },
  { title: 'Overall equipment effectiveness index', figure: 'oee', needs: rated, absent: overTime },
  {
    title: 'Net equipment effectiveness index',
    figure: 'nee',
    needs: rated,
    absent: [...overTime, 'no_production'],
  },
  { title: 'Availability', figure: 'availability', needs: states, absent: overTime },
  { title: 'Effectiveness', figure: 'effectiveness', needs: rated, absent: [...overTime, 'no_production'] },
  {
    title: 'Quality ratio',
    figure: 'quality_ratio',
    needs: and(states, items),
    absent: [...overTime, 'no_items'],
  },
  { title: 'Setup rate', figure: 'setup_ratio', needs: states, absent: [...overTime, 'no_production'] },
  {
    title: 'Technical efficiency',
    figure: 'technical_efficiency',
    needs: states,
    absent: [...overTime, 'no_production'],
  },
  {
    title: 'Production process ratio',
    figure: 'production_process_ratio',
    needs: orders,
    absent: busyForOrders,
  },
  {
    title: 'Actual to planned scrap ratio',
    figure: 'actual_to_planned_scrap_ratio',
    needs: and(items, { en: 'planned scrap of the product, or declared', zh: '产品的计划报废率或申报值' }),
    absent: ['not_applicable', 'not_declared', 'not_observed', 'no_items'],
  },
  { title: 'First pass yield', figure: 'first_pass_yield', needs: items, absent: overItems },
  { title: 'Scrap ratio', figure: 'defect_ratio', needs: items, absent: overItems },
  {
    title: 'Rework ratio',
    figure: 'rework_ratio',
    needs: and(items, { en: 'one of rework', zh: '其中一个计返工' }),
    absent: overItems,
  },
  {
    title: 'Fall off ratio',
    figure: 'fall_off_ratio',
    needs: { en: 'counters of all stations of a process chain', zh: '工序链所有工位的计数器' },
    absent: overItems,
  },
  { title: 'Machine capability index', figure: 'cm', needs: measured, absent: ofSamples },
  { title: 'Critical machine capability index', figure: 'cmk', needs: measured, absent: ofSamples },
  { title: 'Process capability index', figure: 'cp', needs: measured, absent: ofSamples },
  { title: 'Critical process capability index', figure: 'cpk', needs: measured, absent: ofSamples },
  {
    title: 'Comprehensive energy consumption',
    figure: 'comprehensive_energy_kgce_per_good_item',
    needs: { en: 'registers, conversion factors, counters', zh: '计量表底数、折标系数、计数器' },
    absent: ['no_meter', 'not_observed', 'no_factor', 'no_items', 'not_applicable'],
  },
  byPeople('Inventory turns', 'inventory_turns'),
  byPeople('Finished goods ratio', 'finished_goods_ratio'),
  byPeople('Integrated goods ratio', 'integrated_goods_ratio'),
  byPeople('Production loss ratio', 'production_loss_ratio'),
  byPeople('Storage and transportation loss ratio', 'storage_transport_loss_ratio'),
  byPeople('Other loss ratio', 'other_loss_ratio'),
  {
    title: 'Equipment load ratio',
    figure: 'equipment_load_ratio',
    needs: and(items, { en: 'calendar, capacity of the machine', zh: '日历、设备产能' }),
    absent: ['not_declared', 'no_planned_time', 'not_observed'],
  },
  {
    title: 'Mean operating time between failures',
    figure: 'mtbf',
    needs: failures,
    absent: [...overTime, 'no_failures'],
  },
  { title: 'Mean time to failure', figure: 'mttf', needs: failures, absent: [...overTime, 'no_failures'] },
  {
    title: 'Mean time to restoration',
    figure: 'mttr',
    needs: failures,
    absent: [...overTime, 'no_failures'],
  },
  {
    title: 'Corrective maintenance ratio',
    figure: 'corrective_maintenance_ratio',
    needs: and(failures, { en: 'maintenance; or CMT declared', zh: '维护状态;或申报 CMT' }),
    absent: [...overTime, 'no_maintenance'],
  },
];
