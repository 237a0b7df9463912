import { BenchlineError, type CommandInput, nsFromIso } from '@benchline/model';
import { parseDuration } from '../box/duration.ts';

type Values = CommandInput['values'];

export function textOption(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/** @throws BenchlineError `usage` when the option is missing. */
export function requiredOption(values: Values, name: string, hint: string): string {
  const value = textOption(values, name);
  if (value !== undefined) return value;
  throw new BenchlineError('usage', `--${name} is missing`, { hint });
}

/** A number above 0. @throws BenchlineError `usage`. */
export function positiveOption(values: Values, name: string, fallback: number): number {
  const text = textOption(values, name);
  if (text === undefined) return fallback;
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new BenchlineError('usage', `--${name} ${text} is not a number above 0`, {
    hint: `for example --${name} 20`,
  });
}

/** A span such as 24h in ms. @throws BenchlineError `usage`. */
export function durationOption(values: Values, name: string, fallback: string): number {
  return parseDuration(textOption(values, name) ?? fallback, `--${name}`);
}

/** An ISO 8601 instant as whole ms since 1970. @throws BenchlineError `usage`, also for one that is still to come. */
export function pastOption(values: Values, name: string): number | undefined {
  const text = textOption(values, name);
  if (text === undefined) return undefined;
  let ms: number;
  try {
    ms = Number(nsFromIso(text) / 1_000_000n);
  } catch (cause) {
    throw new BenchlineError('usage', `--${name} ${text} is no instant`, {
      hint: `write it like --${name} 2026-03-01T06:00:00+08:00`,
      cause,
    });
  }
  if (ms <= Date.now()) return ms;
  throw new BenchlineError('usage', `--${name} ${text} is still to come`, {
    hint: 'simulated time never runs ahead of now: choose an instant in the past',
  });
}

/** A TCP port, 0 when the option is not given. @throws BenchlineError `usage`. */
export function portOption(values: Values): number {
  const text = textOption(values, 'port') ?? '0';
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new BenchlineError('usage', `--port ${text} is not a port`, {
    hint: 'a number from 1 to 65535, or 0 for any free one',
  });
}

/** A whole number from 0 on, 0 when the option is not given. @throws BenchlineError `usage`. */
export function countOption(values: Values, name: string): number {
  const text = textOption(values, name) ?? '0';
  const count = Number(text);
  if (Number.isInteger(count) && count >= 0) return count;
  throw new BenchlineError('usage', `--${name} ${text} is not a whole number`, {
    hint: `for example --${name} 2`,
  });
}
