import type { Signal, Slug } from '@benchline/model';
import { Mapper } from '@benchline/model/mapping';
import { Backlog } from '../../src/backlog.ts';
import type { BatchDraft, ResumeState } from '../../src/spool/port.ts';
import { MachineStream } from '../../src/stream.ts';

/** A stream of its own, with what it has collected on demand. */
export function makeStream(
  signals: Readonly<Record<Slug, Signal>>,
  options: { machine?: Slug; resumed?: ResumeState } = {},
): { stream: MachineStream; drain(): BatchDraft[] } {
  const { machine = 'mill-1', resumed } = options;
  const mappings = new Map(Object.entries(signals).map(([id, signal]) => [id, { signal, address: id }]));
  const backlog = new Backlog({ worthACommit() {}, full() {}, relieved() {} });
  const mapper = new Mapper(machine, 'source', mappings);
  const stream = new MachineStream({ machine, source: 'source' }, mapper, [], resumed, backlog);
  return { stream, drain: () => stream.drain(0n, Date.now(), true) };
}
