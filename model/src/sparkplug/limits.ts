import protobuf from 'protobufjs/light.js';
import { BenchlineError } from '../error.ts';

/** The largest payload that is looked at. A batch of 4096 observations with short texts has about 300 kB. */
export const maxPayloadBytes = 8 * 1024 * 1024;
const maxMetrics = 100_000;
const maxProperties = 16;

/**
 * Looks over a payload before it is parsed, so that a few megabytes of empty messages cannot become gigabytes
 * of objects.
 * @throws BenchlineError `batch_malformed`, or RangeError/Error of protobufjs when it is no protobuf.
 */
export function assertWithinLimits(bytes: Uint8Array): void {
  if (bytes.length > maxPayloadBytes)
    throw new BenchlineError(
      'batch_malformed',
      `a payload of ${bytes.length} bytes; at most ${maxPayloadBytes}`,
    );
  const reader = protobuf.Reader.create(bytes);
  let metrics = 0;
  forEachMessage(reader, reader.len, [2], (metricEnd) => {
    metrics += 1;
    if (metrics > maxMetrics)
      throw new BenchlineError('batch_malformed', `more than ${maxMetrics} metrics in a payload`);
    let properties = 0;
    forEachMessage(reader, metricEnd, [9], (setEnd) =>
      forEachMessage(reader, setEnd, [1, 2], (propertyEnd) => {
        properties += 1;
        if (properties > 2 * maxProperties)
          throw new BenchlineError('batch_malformed', `more than ${maxProperties} properties of a metric`);
        reader.pos = propertyEnd;
      }),
    );
  });
}

const lengthDelimited = 2;

/** Calls `visit` with the end of each length-delimited field of the given numbers; it must go there. */
function forEachMessage(
  reader: protobuf.Reader,
  end: number,
  fields: readonly number[],
  visit: (end: number) => void,
): void {
  while (reader.pos < end) {
    const tag = reader.uint32();
    const wireType = tag & 7;
    if (wireType === lengthDelimited && fields.includes(tag >>> 3)) {
      const fieldEnd = reader.uint32() + reader.pos;
      if (fieldEnd > end) throw new RangeError('a field ends behind its message');
      visit(fieldEnd);
    } else {
      reader.skipType(wireType);
    }
  }
  if (reader.pos > end) throw new RangeError('a field ends behind its message');
}
