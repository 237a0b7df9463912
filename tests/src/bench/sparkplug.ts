import {
  type Batch,
  generateKeyPair,
  signBatch,
  signedBatchToJson,
  signingKey,
  trustedKeys,
  verifyBatch,
} from '@benchline/model';
import { decodeBatch, encodeBatch } from '@benchline/model/sparkplug';
import type { Bench, Setting } from './bench.ts';
import { inTurns, perSecond, timed } from './measure.ts';
import { origin, recordedObservations } from './recorded.ts';
import { compared } from './row.ts';

const valuesPerBatch = 100;

/** What a batch costs on its way between gateway and ledger, beside the same content as plain JSON. */
export const sparkplug: Bench = {
  summary: 'batches encoded, decoded and verified, beside JSON.stringify and JSON.parse',
  async run(setting: Setting) {
    const { signed, trusted } = signedBatches(setting.quick ? 50 : 200);
    const rounds = 4;
    const values = signed.length * valuesPerBatch * rounds;
    const { things, limits } = await inTurns({
      turns: setting.quick ? 5 : 9,
      warm_up: true,
      most_s: setting.quick ? 3 : 10,
      signal: setting.signal,
      thing: () =>
        timed(values, () => {
          for (let round = 0; round < rounds; round += 1)
            for (const [seq, batch] of signed.entries())
              verifyBatch(decodeBatch(encodeBatch(batch, { historical: false, seq: seq % 256 })), trusted);
        }),
      limit: () =>
        timed(values, () => {
          for (let round = 0; round < rounds; round += 1)
            for (const batch of signed) JSON.parse(JSON.stringify(signedBatchToJson(batch)));
        }),
    });
    return [
      compared(
        { name: 'sparkplug encode + decode + verify', unit: 'values/s' },
        things.map(perSecond),
        limits.map(perSecond),
      ),
    ];
  },
};

function signedBatches(count: number) {
  const pair = generateKeyPair();
  const key = signingKey(pair.privatePem);
  const recorded = recordedObservations();
  const signed = Array.from({ length: count }, (_, seq) => {
    const observations = Array.from({ length: valuesPerBatch }, () => recorded.next().value);
    const first_ns = observations[0]?.source_time_ns ?? 0n;
    const last_ns = observations.at(-1)?.source_time_ns ?? 0n;
    const content: Batch = {
      v: 1,
      ...origin,
      epoch: '0199aabbccdd-01234567',
      seq,
      prev: '',
      gateway_time_ns: last_ns,
      marks: ['simulated_clock'],
      observations,
      gaps: [],
      observed: { from_ns: first_ns, until_ns: last_ns },
    };
    return signBatch(content, key);
  });
  return { signed, trusted: trustedKeys({ [origin.gateway]: pair.publicPem }) };
}
