import type { CanonicalState } from './schema.ts';

/** Canonical states as people read them, with the time element of ISO 22400-2 that each falls into. */
export const stateCatalogue: Readonly<
  Record<CanonicalState, { name: { en: string; zh: string }; element: string }>
> = {
  producing: { name: { en: 'Producing', zh: '生产' }, element: 'APT' },
  setup: { name: { en: 'Setup', zh: '调整准备' }, element: 'AUST' },
  waiting: { name: { en: 'Waiting', zh: '等待' }, element: 'ADET' },
  short_stop: { name: { en: 'Short stop', zh: '短暂停机' }, element: 'ADET' },
  fault: { name: { en: 'Fault', zh: '故障' }, element: 'ADET with an order, otherwise ADOT' },
  no_order: { name: { en: 'No order', zh: '无订单' }, element: 'ADOT' },
  planned_maintenance: { name: { en: 'Planned maintenance', zh: '计划维护' }, element: 'PMT' },
};
