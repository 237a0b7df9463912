import {
  DataChangeNotification,
  DataType,
  DataValue,
  type MonitoredItemNotification,
} from 'node-opcua-client';
import { type DataReading, nanosecondsOf, readDataValue } from './data-value.ts';

/** What a notification says of one item. */
export interface ItemValue extends DataReading {
  handle: number;
  /** As node-opcua reads it, where that was needed; a value that may be a clock's always has it. */
  data: DataValue | undefined;
}

type Stream = Parameters<DataChangeNotification['decode']>[0];

/** Bits of the mask that a DataValue begins with (OPC 10000-6, 5.2.2.17). */
const has = { value: 1, status: 2, sourceTime: 4, serverTime: 8, picoseconds: 0x30 } as const;
const nullArray = 0xffff_ffff;

const read = new WeakMap<DataChangeNotification, readonly ItemValue[]>();
const decode = DataChangeNotification.prototype.decode;

/**
 * Has notifications read straight into what is needed of them, for the whole process. node-opcua makes a DataValue, two
 * Variants, two Dates and some twenty integers of 64 bits of every value, which was much of what a value cost here. What
 * is rare (arrays, 64-bit integers, texts with a language, picoseconds) is still read by node-opcua.
 */
export function readNotificationsQuickly(): void {
  DataChangeNotification.prototype.decode = function (this: DataChangeNotification, stream: Stream): void {
    const start = stream.length;
    let items = readItems(stream);
    const diagnostics = stream.readUInt32();
    if (diagnostics !== 0 && diagnostics !== nullArray) {
      stream.length = start;
      decode.call(this, stream);
      items = (this.monitoredItems ?? []).map(ofNotification);
    }
    read.set(this, items);
  };
}

/** The values of a notification in order; undefined when it could not be read. */
export function itemsOf(notification: DataChangeNotification): readonly ItemValue[] | undefined {
  return read.get(notification);
}

function ofNotification({ clientHandle, value }: MonitoredItemNotification): ItemValue {
  return { handle: clientHandle, ...readDataValue(value), data: value };
}

function readItems(stream: Stream): ItemValue[] {
  const count = stream.readUInt32();
  if (count === nullArray) return [];
  stream.checkArrayLength(count);
  const items: ItemValue[] = [];
  for (let left = count; left > 0; left -= 1) items.push(readItem(stream));
  return items;
}

function readItem(stream: Stream): ItemValue {
  const handle = stream.readUInt32();
  const start = stream.length;
  const mask = stream.readUInt8();
  const quick = (mask & has.value) !== 0 && (mask & has.picoseconds) === 0;
  const native = quick ? readScalar(stream) : undefined;
  if (native === undefined) {
    stream.length = start;
    const data = new DataValue(null);
    data.decode(stream);
    return { handle, ...readDataValue(data), data };
  }
  const status = mask & has.status ? stream.readUInt32() : 0;
  const source_time_ns = mask & has.sourceTime ? readTime(stream) : undefined;
  const server_time_ns = mask & has.serverTime ? readTime(stream) : undefined;
  return {
    handle,
    native: native ?? undefined,
    status,
    source_time_ns: source_time_ns ?? server_time_ns,
    data: undefined,
  };
}

/** A scalar of the kinds that signals mostly have; null for a text that is none; undefined for anything else. */
function readScalar(stream: Stream): number | boolean | string | null | undefined {
  // Arrays have further bits set and so are none of these.
  switch (stream.readUInt8() as DataType) {
    case DataType.Double:
      return stream.readDouble();
    case DataType.Float:
      return stream.readFloat();
    case DataType.Boolean:
      return stream.readUInt8() !== 0;
    case DataType.SByte:
      return stream.readInt8();
    case DataType.Byte:
      return stream.readUInt8();
    case DataType.Int16:
      return stream.readInt16();
    case DataType.UInt16:
      return stream.readUInt16();
    case DataType.Int32:
      return stream.readInteger();
    case DataType.UInt32:
      return stream.readUInt32();
    case DataType.String:
      return stream.readString();
    default:
      return undefined;
  }
}

const wordInTicks = 2 ** 32;
const ticksPerMillisecond = 10_000;
/** 2³² ticks in whole milliseconds, and what is left. */
const wordInMilliseconds = Math.floor(wordInTicks / ticksPerMillisecond);
const wordRest = wordInTicks % ticksPerMillisecond;

let lastLow = 0;
let lastHigh = 0;
let lastTime: bigint | undefined;

/** A DateTime: ticks of 100 ns since 1601 (OPC 10000-6, 5.2.2.5). Tags that change together mostly have the same. */
function readTime(stream: Stream): bigint | undefined {
  const low = stream.readUInt32();
  const high = stream.readUInt32();
  if (low === lastLow && high === lastHigh) return lastTime;
  // Ticks of today pass 2⁵³; none of these numbers does.
  const rest = high * wordRest + low;
  const since1601_ms = high * wordInMilliseconds + Math.floor(rest / ticksPerMillisecond);
  lastTime = nanosecondsOf(since1601_ms, rest % ticksPerMillisecond);
  lastLow = low;
  lastHigh = high;
  return lastTime;
}
