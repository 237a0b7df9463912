import { describe, expect, it } from 'vitest';
import { decodePayload } from '../src/sparkplug/index.ts';

/*
 * A DDATA of eight types, seq 9, written by pysparkplug 0.6.1 (its protobuf is Google's), with data types and without.
 * Int8 −5 comes as 251 there: two's complement of its own width.
 */
const withTypes =
  '0880d0eab6b73312100a0269381880d0eab6b733200150fb0112190a037536341880d0eab6b733200858ffffffffffffffffff0112190a0369' +
  '36341880d0eab6b7332004588080808080808080800112140a037533321880d0eab6b733200750ffffffff0f12110a01661880d0eab6b73320' +
  '09650000c03f12150a01641880d0eab6b733200a699a9999999999b9bf120e0a01621880d0eab6b733200b700112140a01741880d0eab6b733' +
  '200e7a06e695b0e68ea71809';
const withoutTypes =
  '0880d0eab6b733120e0a0269381880d0eab6b73350fb0112170a037536341880d0eab6b73358ffffffffffffffffff0112170a036936341880' +
  'd0eab6b733588080808080808080800112120a037533321880d0eab6b73350ffffffff0f120f0a01661880d0eab6b733650000c03f12130a01' +
  '641880d0eab6b733699a9999999999b9bf120c0a01621880d0eab6b733700112120a01741880d0eab6b7337a06e695b0e68ea71809';

const values = (hex: string) =>
  Object.fromEntries(
    decodePayload(Buffer.from(hex, 'hex')).metrics.map(({ name, value }) => [name ?? '', value]),
  );

describe("another library's payload", () => {
  it('is read to the last bit, by the data types that it carries', () => {
    expect(decodePayload(Buffer.from(withTypes, 'hex'))).toMatchObject({
      seq: 9,
      timestamp_ms: 1_767_225_600_000,
    });
    expect(values(withTypes)).toEqual({
      i8: -5,
      u64: 2n ** 64n - 1n,
      i64: -(2n ** 63n),
      u32: 2 ** 32 - 1,
      f: 1.5,
      d: -0.1,
      b: true,
      t: '数控',
    });
  });

  it('without data types leaves integers without their sign, which only the birth knows', () => {
    expect(values(withoutTypes)).toMatchObject({
      i8: 251,
      i64: 2n ** 63n,
      u32: 2 ** 32 - 1,
      f: 1.5,
      d: -0.1,
    });
  });

  it.each([
    // 10 int_value 5 under Int64, 11 long_value −5 under Int32, 13 double_value 1.5 under Float.
    ['an Int64 in the field of small integers', '2004' + '5005', 5n],
    ['an Int32 in the field of large integers', '2003' + '58fbffffffffffffffff01', -5],
    ['a Float in the field of doubles', '2009' + '69000000000000f83f', 1.5],
  ])('takes %s', (_, content, value) => {
    const metric = `0a0178${content}`;
    const bytes = Buffer.from(`12${(metric.length / 2).toString(16).padStart(2, '0')}${metric}`, 'hex');
    expect(decodePayload(bytes).metrics[0]?.value).toBe(value);
  });
});
