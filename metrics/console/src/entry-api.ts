import { get, type Window } from './api.ts';
import type { EntryList } from './types.ts';

/** A statement as the API takes it. */
export interface Said {
  reason: string;
  from: string;
  to?: string;
  supersedes?: string;
  statement: Record<string, string | number>;
}

/** A random UUID; `randomUUID` itself is not there on a page that came over plain HTTP from another computer. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** @throws Error with what the service says is wrong, and what to do. */
export async function enter(subject: string, said: Said): Promise<void> {
  const response = await fetch(`/api/v1/entries?${new URLSearchParams({ subject })}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: newId(), ...said }),
  });
  if (response.ok) return;
  const problem = (await response.json().catch(() => ({}))) as { detail?: string; hint?: string };
  throw new Error([problem.detail ?? `${response.status}`, problem.hint].filter(Boolean).join(' → '));
}

export async function entriesOf(scope: string, window: Window): Promise<EntryList['entries']> {
  return (await get<EntryList>('entries', { scope, from: window.from.toISOString(), limit: '100' })).entries;
}
