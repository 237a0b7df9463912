import type { Signal } from '../plant/schema.ts';
import { canonicalStateOf } from '../plant/state-table.ts';
import { status } from '../telemetry/status.ts';
import { isRepresentable, type Value } from '../telemetry/value.ts';
import { fitsInt64 } from '../time.ts';
import type { Convert, Mapped, Scaling } from './reading.ts';

/** A machine that puts numbers into its state texts must not fill the memory. */
const statesRemembered = 1000;

/**
 * How native values become values of a signal. The kind of the result depends on the signal alone, so that a
 * signal has one type in every store: counts and integers are int64, energy, characteristics and numbers are
 * doubles, states and contexts are texts.
 */
export function converterFor(signal: Signal, scaling: Scaling): Convert {
  switch (signal.measurement) {
    case 'state':
      return stateConverter(signal);
    case 'context':
      return toText;
    case 'count':
      return integerConverter(scaling);
    case 'energy':
    case 'characteristic':
      return numberConverter(scaling);
    case 'signal':
      return typedConverter(signal.type, scaling);
  }
}

function typedConverter(type: Extract<Signal, { measurement: 'signal' }>['type'], scaling: Scaling): Convert {
  switch (type) {
    case 'number':
      return numberConverter(scaling);
    case 'integer':
      return integerConverter(scaling);
    case 'text':
      return toText;
    case 'flag':
      return toFlag;
  }
}

/** Whether `scale` and `offset` mean anything for a signal, and whether they have to be whole. */
export function scalingOf(signal: Signal): 'any' | 'whole' | 'none' {
  if (signal.measurement === 'count') return 'whole';
  if (signal.measurement === 'energy' || signal.measurement === 'characteristic') return 'any';
  if (signal.measurement !== 'signal') return 'none';
  return { number: 'any', integer: 'whole', text: 'none', flag: 'none' }[signal.type] as
    | 'any'
    | 'whole'
    | 'none';
}

function stateConverter(signal: Extract<Signal, { measurement: 'state' }>): Convert {
  const known = new Map<string, Mapped>();
  return (native) => {
    const text = String(native);
    const mapped = known.get(text) ?? stateOf(signal, text);
    if (known.size < statesRemembered) known.set(text, mapped);
    return mapped;
  };
}

function stateOf(signal: Extract<Signal, { measurement: 'state' }>, text: string): Mapped {
  if (!text.isWellFormed()) return illFormed(text);
  const value = canonicalStateOf(signal, text);
  return value === undefined
    ? { native: text, status: status.badOutOfRange, unlisted: text }
    : { value, native: text };
}

function toText(native: Value): Mapped {
  if (typeof native !== 'string')
    return { value: String(native), ...(isRepresentable(native) ? { native } : {}) };
  return native.isWellFormed() ? { value: native } : illFormed(native);
}

function illFormed(text: string): Mapped {
  return { native: text.toWellFormed(), status: status.badDataEncodingInvalid };
}

function toFlag(native: Value): Mapped {
  if (typeof native === 'boolean') return { value: native };
  if (native === 0 || native === 0n) return { value: false, native };
  if (native === 1 || native === 1n) return { value: true, native };
  return unusable(native, status.badTypeMismatch);
}

function numberConverter(scaling: Scaling): Convert {
  const { scale = 1, offset = 0 } = scaling;
  const scaled = scale !== 1 || offset !== 0;
  return (native) => {
    if (typeof native !== 'number' && typeof native !== 'bigint')
      return unusable(native, status.badTypeMismatch);
    const number = Number(native);
    const value = scaled ? number * scale + offset : number;
    if (!Number.isFinite(value)) return unusable(native, status.badOutOfRange);
    const exact = !scaled && (typeof native === 'number' || BigInt(number) === native);
    return exact ? { value } : { value, ...(isRepresentable(native) ? { native } : {}) };
  };
}

function integerConverter(scaling: Scaling): Convert {
  const scale = BigInt(scaling.scale ?? 1);
  const offset = BigInt(scaling.offset ?? 0);
  const scaled = scale !== 1n || offset !== 0n;
  return (native) => {
    if (typeof native === 'number' && !Number.isFinite(native)) return unusable(native, status.badOutOfRange);
    if (typeof native !== 'bigint' && !Number.isInteger(native))
      return unusable(native, status.badTypeMismatch);
    const integer = BigInt(native);
    const value = scaled ? integer * scale + offset : integer;
    if (!fitsInt64(value)) return unusable(native, status.badOutOfRange);
    return scaled && fitsInt64(integer) ? { value, native: integer } : { value };
  };
}

/** What the contract cannot carry even as a native value is kept as text. */
function unusable(native: Value, code: number): Mapped {
  if (typeof native === 'string') return { native: native.toWellFormed(), status: code };
  return { native: isRepresentable(native) ? native : String(native), status: code };
}
