import { z } from 'zod';

/** What a Sparkplug host application says of itself, retained (Sparkplug 3.0.0, 6.4.28). */
export const HostState = z.object({
  online: z.boolean(),
  /** Unix milliseconds; the death in the last will carries that of its birth. */
  timestamp: z.int().min(0),
});
export type HostState = z.output<typeof HostState>;

/** A state is some 50 bytes; nothing larger is looked at. */
const maxStateBytes = 1000;

/** `spBv1.0/STATE/{host_id}`: where a host application's state is published. */
export function stateTopic(hostId: string): string {
  return `spBv1.0/STATE/${hostId}`;
}

export function encodeState({ online, timestamp }: HostState): string {
  return JSON.stringify({ online, timestamp });
}

/** Undefined for anything else, such as the bare ONLINE of Sparkplug 2.2. */
export function decodeState(bytes: Uint8Array): HostState | undefined {
  if (bytes.length > maxStateBytes) return undefined;
  try {
    return HostState.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch {
    return undefined;
  }
}
