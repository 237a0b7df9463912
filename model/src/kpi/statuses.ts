interface Texts {
  en: string;
  zh: string;
}

/** What the status of a figure says. Only `ok` and `partial` come with a value. */
export const figureStatusTexts: Readonly<Record<string, Texts>> = {
  ok: { en: 'All that it rests on was known', zh: '所依据的数据完整' },
  partial: {
    en: 'Part of the time, a counter or a register that it rests on was not known over the whole window; the value is that of the known part',
    zh: '部分时间、部分计数器或寄存器在整个窗口内并非全部已知；数值取自已知部分',
  },
  no_planned_time: {
    en: 'The calendar plans no busy time in the window (PBT = 0)',
    zh: '窗口内无计划工作时间 (PBT = 0)',
  },
  not_observed: {
    en: 'Nobody watched the state, or a counter or register gave no difference in the window',
    zh: '无人观测状态，或计数器、寄存器在窗口内没有给出差值',
  },
  no_items: { en: 'Nothing was produced, or nothing submitted', zh: '无产出或无送检' },
  no_production: { en: 'None of the time that it is divided by', zh: '作为分母的时间为零' },
  no_failures: { en: 'No failure began in the window', zh: '窗口内没有故障开始' },
  no_maintenance: { en: 'Neither faults nor planned maintenance', zh: '既无故障也无计划维护' },
  no_meter: { en: 'No register of it in the plant file', zh: '工厂文件中没有相应的寄存器' },
  no_factor: {
    en: 'Some carrier has no conversion factor: state one in energy.factors',
    zh: '某能源品种没有折算系数：请在 energy.factors 中给出',
  },
  no_key_processes: {
    en: 'No process with key: true in the plant file',
    zh: '工厂文件中没有 key: true 的工序',
  },
  no_orders: { en: 'No order was open while somebody watched', zh: '被观测的时间内没有执行中的订单' },
  not_declared: {
    en: 'Nobody declared its inputs, or the plant file does not state capacity or planned scrap',
    zh: '无人申报其输入，或工厂文件没有给出产能或计划报废',
  },
  not_applicable: {
    en: 'The plant file has no signal, process or planned run time (a product of the machine) for it',
    zh: '工厂文件中没有相应的信号、工序或计划节拍(设备的产品)',
  },
};
