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

/** @throws Error with what the service says is wrong, and what to do. */
export async function enter(subject: string, said: Said): Promise<void> {
  const response = await fetch(`/api/v1/entries?${new URLSearchParams({ subject })}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: crypto.randomUUID(), ...said }),
  });
  if (response.ok) return;
  const problem = (await response.json().catch(() => ({}))) as { detail?: string; hint?: string };
  throw new Error([problem.detail ?? `${response.status}`, problem.hint].filter(Boolean).join(' → '));
}

export async function entriesOf(scope: string, window: Window): Promise<EntryList['entries']> {
  return (await get<EntryList>('entries', { scope, from: window.from.toISOString(), limit: '100' })).entries;
}
