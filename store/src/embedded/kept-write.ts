import { deserialize, serialize } from 'node:v8';
import type { StoreWrite } from '../port.ts';
import { Values, type ValuesPart } from './values.ts';
import type { Written } from './written.ts';

/** Up to where the feed was written, and by what it tells whether that is still so; '' when it does not. */
export interface Cursor {
  next: number;
  line: string;
}

/** What the database keeps of a write in one row until it is settled, and tells again after a restart. */
export interface KeptWrite {
  /** Its place among all writes. */
  n: number;
  observations: Written;
  claims: StoreWrite['observed'];
  cursor: Cursor | undefined;
}

type Parts = 'values' | 'natives' | 'stated';
type Stored = Omit<KeptWrite, 'observations'> & {
  observations: Omit<Written, Parts> & Record<Parts, ValuesPart>;
};

export function bytesOf({
  observations: { values, natives, stated, ...columns },
  ...rest
}: KeptWrite): Uint8Array {
  const observations = {
    ...columns,
    ...{ values: values.part(), natives: natives.part(), stated: stated.part() },
  };
  return serialize({ ...rest, observations } satisfies Stored);
}

/** @throws Error when the bytes are not those of a write. */
export function keptWriteIn(bytes: Uint8Array): KeptWrite {
  const { observations, ...rest } = deserialize(bytes) as Stored;
  const { values, natives, stated, ...columns } = observations;
  return {
    ...rest,
    observations: {
      ...columns,
      ...{ values: new Values(values), natives: new Values(natives), stated: new Values(stated) },
    },
  };
}
