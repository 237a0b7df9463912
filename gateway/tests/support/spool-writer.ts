// Appends to the spool in argv[2] until it is killed, and says what is durable: one line of JSON per commit.
import { writeSync } from 'node:fs';
import { openSpool } from '../../src/spool/index.ts';
import { draftOf, gatewayKey } from './batches.ts';

const spool = await openSpool({
  folder: process.argv[2] ?? '',
  gateway: 'gw-1',
  key: gatewayKey,
  max_bytes: 400_000,
});
for (let n = spool.next; ; n += 3) {
  const seq = await spool.append([draftOf(n), draftOf(n + 1), draftOf(n + 2, { resume: String(n + 2) })]);
  writeSync(1, `${JSON.stringify({ seq, resume: String(n + 2), epoch: spool.epoch })}\n`);
}
