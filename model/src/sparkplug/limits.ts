/** The largest payload that is looked at. A batch of 4096 observations with short texts has about 300 kB. */
export const maxPayloadBytes = 8 * 1024 * 1024;
/** A few megabytes of empty messages must not become gigabytes of objects. */
export const maxMetrics = 100_000;
export const maxProperties = 16;
/** Metric and property names; the longest that plants use are paths of some 200 characters. */
export const maxNameBytes = 1000;
/** One text value: a controller's longest message, or what a batch says besides its observations. */
export const maxTextBytes = 1024 * 1024;
