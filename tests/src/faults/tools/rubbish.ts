import type { Random } from '@benchline/simulators';

/** Shapes of payloads that nobody should be able to do harm with. */
export const rubbishShapes = [
  'empty',
  'random',
  'huge',
  'deep-json',
  'deep-protobuf',
  'wrong-json',
  'cut',
  'flipped',
] as const;
export type RubbishShape = (typeof rubbishShapes)[number];

/** Above what ingest looks at; what the broker lets through is its business. */
const hugeBytes = 9 * 1024 * 1024;
const nesting = 20_000;

/** Bytes of a shape; `genuine` is a real message of the topic, cut off or with a bit turned round. */
export function rubbish(shape: RubbishShape, random: Random, genuine: Uint8Array): Buffer {
  switch (shape) {
    case 'empty':
      return Buffer.alloc(0);
    case 'random':
      return randomBytes(random.whole(1, 4096), random);
    case 'huge':
      return Buffer.alloc(hugeBytes, '{"tags":[');
    case 'deep-json':
      return Buffer.from(`${'{"a":['.repeat(nesting)}0${']}'.repeat(nesting)}`);
    case 'deep-protobuf':
      return deepProtobuf();
    case 'wrong-json':
      return Buffer.from(JSON.stringify(wrongJson(random)));
    case 'cut':
      return Buffer.from(genuine.subarray(0, random.whole(0, Math.max(0, genuine.length - 1))));
    case 'flipped': {
      const bytes = Buffer.from(genuine);
      if (bytes.length === 0) return Buffer.from([0xff]);
      const at = random.whole(0, bytes.length - 1);
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << random.whole(0, 7)), at);
      return bytes;
    }
  }
}

/** JSON of the right kind with members of the wrong one; no member has a time, so that a device's is no reading. */
function wrongJson(random: Random): unknown {
  const wrong: readonly unknown[] = [null, [], {}, 'seq', 1e308, -1, true, '\u0000', { constructor: 1 }];
  const one = () => random.pick(wrong) ?? null;
  return random.pick<unknown>([
    one(),
    { seq: one(), tags: one() },
    { body: one(), key_id: one(), signature: one() },
    { body: '{}', key_id: 'x', signature: 'AAAA' },
    { v: 1, gateway: one(), epoch: one(), seq: one() },
    { online: one(), timestamp: one() },
  ]);
}

/** Sparkplug metrics whose template values hold metrics, thousands deep (field 2 of Payload, 18 of Metric, 2 of Template). */
function deepProtobuf(): Buffer {
  let inner = Buffer.alloc(0);
  for (let depth = 0; depth < 2000; depth += 1)
    for (const field of [2, 18]) inner = Buffer.concat([varint(field * 8 + 2), varint(inner.length), inner]);
  return Buffer.concat([varint(2 * 8 + 2), varint(inner.length), inner]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}

function randomBytes(length: number, random: Random): Buffer {
  return Buffer.from(Array.from({ length }, () => random.whole(0, 255)));
}
