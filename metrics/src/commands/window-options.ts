import { BenchlineError, type Command, nsFromIso } from '@benchline/model';
import type { Interval } from '../intervals.ts';

/** The options by which a command is told a scope and a window. */
export const windowOptions = {
  from: {
    type: 'string',
    value: 'T',
    required: true,
    help: 'start, ISO 8601 with offset (2026-03-02T08:00:00+08:00)',
  },
  to: {
    type: 'string',
    value: 'T',
    required: true,
    help: 'end; what is stamped at it belongs to the window',
  },
  scope: {
    type: 'string',
    value: 'PATH',
    help: 'enterprise[/site[/area[/line[/machine]]]] by ids; the whole enterprise unless given',
  },
} as const satisfies Command['options'];

/** @throws BenchlineError `usage`. */
export function windowFrom(values: Readonly<Record<string, unknown>>): Interval {
  const window = { from_ns: instant('from', values['from']), to_ns: instant('to', values['to']) };
  if (window.from_ns < window.to_ns) return window;
  throw new BenchlineError('usage', 'the window is empty', { hint: '--from has to be before --to' });
}

function instant(option: string, text: unknown): bigint {
  try {
    return nsFromIso(String(text));
  } catch (cause) {
    throw new BenchlineError('usage', `--${option} ${String(text)} is no instant`, {
      hint: 'write it as 2026-03-02T08:00:00+08:00 or 2026-03-02T00:00:00Z',
      cause,
    });
  }
}
