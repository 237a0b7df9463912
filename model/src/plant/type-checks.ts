import { pathText } from '../config/path.ts';
import type { Problem } from '../config/problem.ts';
import type { Spot } from './draft.ts';

/** What the signals of a machine type say that cannot be computed with. */
export function typeProblems(type: Spot): Problem[] {
  const signals = type.members('signals');
  return [
    ...repeatedRoles(signals),
    ...signals.flatMap(stateProblems),
    ...signals.flatMap(rolloverProblems),
    ...signals.flatMap(limitProblems),
  ];
}

/** A machine has one state, one count of each kind and one program: two signals for it would contradict. */
function repeatedRoles(signals: readonly Spot[]): Problem[] {
  const first = new Map<string, Spot>();
  return signals.flatMap((signal) => {
    const measurement = signal.text('measurement');
    const roles: Record<string, string | undefined> = {
      state: 'the state',
      count: signal.text('role') && `the ${signal.text('role')} count`,
      context: signal.text('role') && `the ${signal.text('role')}`,
    };
    const role = measurement === undefined ? undefined : roles[measurement];
    if (role === undefined) return [];
    const earlier = first.get(role);
    if (!earlier) {
      first.set(role, signal);
      return [];
    }
    const what = `${role} is given by ${pathText(earlier.path.slice(-1))} already`;
    const todo = 'keep one of the two; give the other measurement: signal if it is only to be recorded';
    return [{ path: signal.path, at: 'key', what, todo } satisfies Problem];
  });
}

/** Without regard to case, two native states may turn out to be one. */
function stateProblems(signal: Spot): Problem[] {
  if (signal.get('ignore_case').value !== true) return [];
  const first = new Map<string, Spot>();
  return signal.members('states').flatMap((state) => {
    const native = String(state.path.at(-1));
    const earlier = first.get(native.toLowerCase());
    if (!earlier) {
      first.set(native.toLowerCase(), state);
      return [];
    }
    if (earlier.text() === state.text()) return [];
    const what = `with ignore_case this is '${String(earlier.path.at(-1))}', which is ${earlier.text()} already`;
    return [
      {
        path: state.path,
        at: 'key',
        what,
        todo: 'keep one of the two, or remove ignore_case',
      } satisfies Problem,
    ];
  });
}

function rolloverProblems(signal: Spot): Problem[] {
  if (signal.text('register') === 'net' && signal.text('on_decrease') !== undefined)
    return [
      {
        path: [...signal.path, 'on_decrease'],
        at: 'key',
        what: 'a net register falls when energy is given back',
        todo: 'remove on_decrease, or use two registers, import and export',
      },
    ];
  const rollsOver = signal.text('on_decrease') === 'rollover';
  const bound = signal.get('rollover_at');
  if (rollsOver && bound.value === undefined)
    return [
      {
        path: [...signal.path, 'on_decrease'],
        at: 'value',
        what: 'a rollover needs the value at which it happens',
        todo: 'add rollover_at: how many values there are before 0 comes again (65536 for 16 bits)',
      },
    ];
  if (!rollsOver && bound.value !== undefined)
    return [
      {
        path: bound.path,
        at: 'key',
        what: 'has no effect while on_decrease is reset',
        todo: 'set on_decrease: rollover, or remove rollover_at',
      },
    ];
  return [];
}

function limitProblems(signal: Spot): Problem[] {
  const [lsl, usl] = [signal.get('lsl').value, signal.get('usl')];
  if (typeof lsl !== 'number' || typeof usl.value !== 'number' || lsl < usl.value) return [];
  const what = `the upper limit ${usl.value} is not above the lower limit ${lsl}`;
  return [{ path: usl.path, at: 'value', what, todo: 'set usl above lsl' }];
}
