import type { Slug } from '../slug.ts';
import type { Value } from '../telemetry/value.ts';
import type { Nanoseconds } from '../time.ts';

/** What a source saw of one tag, in its own terms, before mapping. */
export interface Reading {
  signal: Slug;
  source_time_ns: Nanoseconds;
  /** Absent when the source delivered none. Integers of 64 bits are bigint; numbers may be NaN or infinite. */
  native: Value | undefined;
  /** OPC UA StatusCode as received, or the code that the source chose for what went wrong. */
  status: number;
}

/** A linear change of a number. */
export interface Scaling {
  scale?: number | undefined;
  offset?: number | undefined;
}

/** What mapping makes of a native value: a value or, with a Bad status, none. */
export interface Mapped {
  value?: Value;
  native?: Value;
  /** Present when mapping found the native value unusable. */
  status?: number;
  /** The native state that the plant's state table does not list. */
  unlisted?: string;
}

export type Convert = (native: Value) => Mapped;
