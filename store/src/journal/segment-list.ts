import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalRead, JournalView } from './port.ts';
import { firstPositionOf, Segment, segmentName } from './segment.ts';

/** The segments of a folder, oldest first, and how records are read out of them. */
export class SegmentList implements JournalView {
  readonly segments: Segment[];
  /** What does not belong to the newest segment's sound part. */
  readonly recovery: JournalView['recovery'];

  private constructor(segments: Segment[], recovery: JournalView['recovery']) {
    this.segments = segments;
    this.recovery = recovery;
  }

  /** Finds the segments and where the newest one ends. Changes nothing on the disk. */
  static async survey(folder: string, behindDamage: 'cut' | 'keep'): Promise<SegmentList> {
    const firsts = (await readdir(folder))
      .map(firstPositionOf)
      .filter((first) => first !== undefined)
      .sort((a, b) => a - b);
    const segments: Segment[] = [];
    for (const [index, first] of firsts.entries()) {
      const { size } = await stat(join(folder, segmentName(first)));
      segments.push(new Segment(folder, first, firsts[index + 1] ?? first, size));
    }
    const recovery: JournalView['recovery'] = { cut_bytes: 0, cut_from: undefined };
    const newest = segments.at(-1);
    const found = newest?.bytes ?? 0;
    await newest?.mend(behindDamage);
    if (newest && newest.bytes < found) {
      recovery.cut_bytes = found - newest.bytes;
      recovery.cut_from = newest.end;
    }
    return new SegmentList(segments, recovery);
  }

  get floor(): number {
    return this.segments[0]?.first ?? 0;
  }

  get next(): number {
    return this.segments.at(-1)?.end ?? 0;
  }

  get bytes(): number {
    return this.segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  async read(from: number, maxBytes: number): Promise<JournalRead> {
    const whole: JournalRead = { records: [], missing: [], next: from };
    let budget = maxBytes;
    for (;;) {
      // A trim may have deleted what was to be read.
      whole.next = Math.max(whole.next, this.floor);
      const segment = this.segments.findLast(({ first }) => first <= whole.next);
      if (!segment || segment.end <= whole.next || (whole.records.length > 0 && budget <= 0)) return whole;
      const part = await this.#readSegment(segment, whole.next, Math.max(budget, 0));
      if (!part) continue;
      const size = part.records.reduce((sum, record) => sum + record.data.length, 0);
      if (whole.records.length > 0 && size > budget) return whole;
      whole.records.push(...part.records);
      whole.missing.push(...part.missing);
      whole.next = part.next;
      // It ends before its segment does: the next record was too much.
      if (part.next < segment.end) return whole;
      budget -= size;
    }
  }

  /** Undefined when the segment was trimmed before it could be read. */
  async #readSegment(segment: Segment, from: number, maxBytes: number): Promise<JournalRead | undefined> {
    try {
      return await segment.read(from, maxBytes);
    } catch (error) {
      if (!this.segments.includes(segment)) return undefined;
      throw error;
    }
  }
}
