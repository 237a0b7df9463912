// Run by embedded.test.ts as a process of its own, to be killed.
import { openEmbeddedStore } from '../src/embedded/index.ts';
import { observation, placement, t0, written } from './samples.ts';

const [file = ''] = process.argv.slice(2);
const store = await openEmbeddedStore({ file, placement, compact_rows: 95 });
for (let cursor = 0; ; ) {
  const observations = Array.from({ length: 10 }, (_, n) =>
    observation({ source_time_ns: t0 + BigInt(cursor + n), value: BigInt(cursor + n) }),
  );
  cursor += observations.length;
  await store.write(written({ observations }), { cursor });
  process.stdout.write(`${cursor}\n`);
}
