/** A plant with what tests need: a mill, a lathe whose source breaks off, a manual bench, and a meter. */
export const plantYaml = `
benchline: 1
enterprise:
  id: acme
  name: { en: Acme, zh: 甲厂 }
  sites:
    - id: north
      name: { en: North }
      time_zone: Asia/Shanghai
      calendar: always
      areas:
        - id: shop
          name: { en: Shop }
          lines:
            - id: cell
              name: { en: Cell }
              machines:
                - { id: mill, name: { en: Mill, zh: 铣床 }, type: mill, control: CNC, controller: Some CNC, product: part }
            - id: turning
              name: { en: Turning }
              calendar: two-shift
              machines:
                - { id: lathe, name: { en: Lathe }, type: lathe, control: CNC, product: shaft }
                - { id: bench, name: { en: Bench }, type: bench }
              meters:
                - { id: meter, name: { en: Meter }, type: meter }
machine_types:
  - id: mill
    name: { en: Mill }
    signals:
      state: { measurement: state, states: { Prep: setup, Layer: producing, End: waiting } }
      good: { measurement: count, role: good }
      scrap: { measurement: count, role: scrap }
      energy-import: { measurement: energy, register: import }
      energy-export: { measurement: energy, register: export }
      load: { measurement: signal, type: number, unit: '%' }
  - id: lathe
    name: { en: Lathe }
    signals:
      state: { measurement: state, states: { RUN: producing, IDLE: waiting, ALARM: fault } }
      total: { measurement: count, role: total, counts_per_item: 2, on_decrease: rollover, rollover_at: 65536 }
      scrap: { measurement: count, role: scrap }
      order: { measurement: context, role: order }
      energy: { measurement: energy, register: import, unit: Wh }
  - id: bench
    name: { en: Bench }
    signals:
      good: { measurement: count, role: good }
  - id: meter
    name: { en: Meter }
    signals:
      energy: { measurement: energy, register: import }
products:
  - { id: part, name: { en: Part }, planned_run_time_per_item_s: 10 }
  - { id: shaft, name: { en: Shaft }, planned_run_time_per_item_s: 30 }
processes:
  - { id: milling, name: { en: Milling }, key: true, line: cell, machines: [mill] }
  - { id: turning, name: { en: Turning }, key: true, line: turning, machines: [lathe, bench], rule: fraction }
  - { id: packing, name: { en: Packing }, line: turning, machines: [bench] }
calendars:
  - id: always
    shifts: [{ id: all-day, name: { en: All day }, start: '00:00', end: '00:00' }]
  - id: two-shift
    shifts:
      - { id: early, name: { en: Early, zh: 早班 }, start: '06:00', end: '14:00', breaks: [{ start: '10:00', end: '10:30' }] }
      - { id: late, name: { en: Late }, start: '14:00', end: '22:00' }
`;
