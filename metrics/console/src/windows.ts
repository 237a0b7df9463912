import { api, type Window } from './api.ts';
import type { MessageId } from './messages.ts';

export const windowIds = ['last_hour', 'shift', 'day', 'last_24h'] as const satisfies readonly MessageId[];
export type WindowId = (typeof windowIds)[number];

const hourMs = 3_600_000;

/**
 * The window that a choice stands for at this moment. Shift and day are cut by the plant's calendar and time zone,
 * which only the service knows; between shifts the last one is shown.
 */
export async function currentWindow(id: WindowId, scope: string): Promise<Window> {
  const now = new Date();
  if (id === 'last_hour') return { from: new Date(now.getTime() - hourMs), to: now, open: true };
  if (id === 'last_24h') return { from: new Date(now.getTime() - 24 * hourMs), to: now, open: true };
  const period = await api.period(scope, id, now);
  const from = period ? new Date(period.from) : new Date(now.getTime() - 8 * hourMs);
  const end = period ? new Date(period.to) : now;
  return end < now ? { from, to: end, open: false } : { from, to: now, open: true };
}
