import { cncRatioKpis } from './cnc-ratio.ts';
import { declaredKpis } from './declared.ts';
import type { Definition } from './definition.ts';
import { energyKpis } from './energy.ts';
import { orderKpis } from './order.ts';
import { planKpis } from './plan.ts';
import { quantityKpis } from './quantity.ts';
import { timeKpis } from './time.ts';

const definitions = {
  ...timeKpis,
  ...quantityKpis,
  ...orderKpis,
  ...planKpis,
  ...energyKpis,
  ...cncRatioKpis,
  ...declaredKpis,
};

export type KpiId = keyof typeof definitions;
export interface KpiDefinition extends Definition {
  id: KpiId;
  version: number;
}

export const kpiIds = Object.keys(definitions) as [KpiId, ...KpiId[]];

export const kpiCatalogue = Object.fromEntries(
  Object.entries<Definition>(definitions).map(([id, definition]) => [id, { id, version: 1, ...definition }]),
) as Readonly<Record<KpiId, KpiDefinition>>;

/** The shift that the catalogue's examples speak of. */
export const exampleShift =
  'A shift of a machine with 28 800 s of planned busy time (PBT), all of it observed: 21 600 s producing (APT), 1 800 s setup (AUST), 2 400 s waiting, 600 s in four short stops (150 s, 150 s, 200 s and 100 s; below 300 s a stop is a micro-stop) and 600 s in two faults under an order (together ADET 3 600 s), 1 800 s without an order (ADOT); besides 1 200 s of planned maintenance (PMT). Planned run time 30 s an item; 660 items, of them 627 good, 22 scrap and 11 to be reworked. Its order was open for 27 000 s of it and again after it, from its start to its end 36 000 s (AOET). The machine can make 100 items an hour, and 4 % scrap is planned; of what it made, the second operation of the chain scrapped 11 more. The day has 86 400 s. Its meter took in 132 kWh and gave back 6.6 kWh; 114 kWh of the difference while it produced and was set up. It is converted by GB/T 2589-2020 (当量值) and the national grid of 2023. Its plant has four key processes: three under numerical control, of two of them a controller was seen, one produced. Declared for it: 7.5 h of work (APWT) in 8 h of attendance (APAT); a throughput of 627 items and an average inventory of 104.5; of 700 items consumed (CM) 627 finished, 638 integrated, 40 lost in production, 14 in storage and transport, 7 otherwise.';
