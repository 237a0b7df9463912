import fc from 'fast-check';
import {
  BinaryStream,
  DataChangeNotification,
  DataType,
  DataValue,
  DiagnosticInfo,
  MonitoredItemNotification,
  StatusCodes,
  VariantArrayType,
  type VariantOptions,
} from 'node-opcua';
import { expect, test } from 'vitest';
import { readDataValue } from '../src/sources/opcua/data-value.ts';
import { itemsOf, readNotificationsQuickly } from '../src/sources/opcua/notification.ts';

const decodeByNodeOpcua = DataChangeNotification.prototype.decode;
readNotificationsQuickly();

const word = fc.tuple(fc.maxSafeInteger(), fc.maxSafeInteger()).map(([a, b]) => [a >>> 0, b >>> 0]);
const scalars: readonly [DataType, fc.Arbitrary<unknown>][] = [
  [DataType.Double, fc.double({ noNaN: true })],
  [DataType.Float, fc.float({ noNaN: true })],
  [DataType.Boolean, fc.boolean()],
  [DataType.SByte, fc.integer({ min: -128, max: 127 })],
  [DataType.Byte, fc.nat(255)],
  [DataType.Int16, fc.integer({ min: -32_768, max: 32_767 })],
  [DataType.UInt16, fc.nat(65_535)],
  [DataType.Int32, fc.integer()],
  [DataType.UInt32, fc.integer().map((n) => n >>> 0)],
  [DataType.String, fc.option(fc.string({ unit: 'grapheme' }))],
  [DataType.Int64, word],
  [DataType.UInt64, word],
  [DataType.DateTime, fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2200-01-01') })],
  [DataType.LocalizedText, fc.string().map((text) => ({ text, locale: 'en' }))],
  [DataType.ByteString, fc.string().map((text) => Buffer.from(text))],
  [DataType.Null, fc.constant(null)],
];
const scalar: fc.Arbitrary<VariantOptions> = fc.oneof(
  ...scalars.map(([dataType, value]) =>
    value.map((v) => ({ dataType, arrayType: VariantArrayType.Scalar, value: v })),
  ),
);
const list: fc.Arbitrary<VariantOptions> = fc.array(fc.double({ noNaN: true })).map((value) => ({
  dataType: DataType.Double,
  arrayType: VariantArrayType.Array,
  value: Float64Array.from(value),
}));
const time = fc.option(
  fc.oneof(
    fc.date({ noInvalidDate: true, min: new Date('1970-01-01'), max: new Date('2200-01-01') }),
    fc.constant(new Date('1601-01-01')),
  ),
);
const item = fc
  .record({
    clientHandle: fc.nat(),
    value: fc.oneof({ weight: 5, arbitrary: scalar }, list),
    statusCode: fc.constantFrom(
      StatusCodes.Good,
      StatusCodes.BadSensorFailure,
      StatusCodes.UncertainLastUsableValue,
      StatusCodes.GoodLocalOverride,
    ),
    sourceTimestamp: time,
    // Of a hundred nanoseconds whole ones lie in the time itself, the rest in a field of its own.
    sourcePicoseconds: fc.constantFrom(0, 0, 100_000, 999_900_000, 250),
    serverTimestamp: time,
  })
  .map(({ clientHandle, ...value }) => ({ clientHandle, value: new DataValue(value) }));

test('what is read of a notification is what node-opcua reads of it', () => {
  fc.assert(
    fc.property(fc.array(item, { maxLength: 20 }), fc.nat(1), (monitoredItems, diagnostics) => {
      const sent = new DataChangeNotification({
        monitoredItems,
        diagnosticInfos: Array.from(
          { length: diagnostics },
          () => new DiagnosticInfo({ additionalInfo: 'a' }),
        ),
      });
      const stream = new BinaryStream(sent.binaryStoreSize());
      sent.encode(stream);
      const end = stream.length;
      stream.length = 0;
      const quick = new DataChangeNotification();
      quick.decode(stream);
      expect(stream.length).toBe(end);

      stream.length = 0;
      const slow = new DataChangeNotification();
      decodeByNodeOpcua.call(slow, stream);
      expect(itemsOf(quick)?.map(({ data: _, ...read }) => read)).toEqual(
        slow.monitoredItems?.map(({ clientHandle: handle, value }) => ({ handle, ...readDataValue(value) })),
      );
    }),
  );
});

test('a notification that breaks off is not taken for one that says less', () => {
  const sent = new DataChangeNotification({
    monitoredItems: [1, 2].map(
      (clientHandle) =>
        new MonitoredItemNotification({
          clientHandle,
          value: new DataValue({ value: { dataType: DataType.Double, value: 1.5 } }),
        }),
    ),
  });
  const whole = new BinaryStream(sent.binaryStoreSize());
  sent.encode(whole);
  for (let length = 0; length < whole.length; length += 1) {
    const notification = new DataChangeNotification();
    expect(() => notification.decode(new BinaryStream(whole.buffer.subarray(0, length)))).toThrow(
      /range|bytes|length|outside/i,
    );
    expect(itemsOf(notification)).toBeUndefined();
  }
});
