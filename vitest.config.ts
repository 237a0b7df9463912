import { defineConfig } from 'vitest/config';
import { ClosingLine } from './tests/gates/closing-line.ts';

/** End-to-end tests that start no box, or one that mostly waits: for an alarm, or for a recording to end. */
const beside = ['compose*', 'health', 'replay'].map((name) => `tests/e2e/${name}.test.ts`);
/** Packages in whose processes node-opcua is patched, or has to be as it comes. */
const opcua = ['gateway', 'simulators'].map((name) => `${name}/tests/**/*.test.ts`);
/** Of tests that share the computer, three files at a time: what is waited for comes later, not never. */
const sharing = { testTimeout: 60_000, hookTimeout: 60_000, expect: { poll: { timeout: 15_000 } } };
/** Of tests that start boxes: long enough for a computer that is several times slower. */
const patience = { testTimeout: 300_000, hookTimeout: 120_000, expect: { poll: { timeout: 60_000 } } };

export default defineConfig({
  test: {
    reporters: ['default', new ClosingLine()],
    allowOnly: false,
    teardownTimeout: 10_000,
    // Two cores: a file computes for half of its time, and waits for other processes in the other half.
    maxWorkers: 3,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['*/tests/**/*.test.ts'],
          exclude: opcua,
          // None of these keeps state between files, and a third of their time went into loading modules again.
          isolate: false,
          sequence: { groupOrder: 0 },
          ...sharing,
        },
      },
      {
        extends: true,
        test: { name: 'opcua', include: opcua, sequence: { groupOrder: 0 }, ...sharing },
      },
      {
        extends: true,
        test: {
          // Side by side with the unit tests, and begun before them, since projects go in the order of their names:
          // none is left to wait alone in the end.
          name: 'beside',
          include: beside,
          sequence: { groupOrder: 0 },
          ...patience,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          exclude: beside,
          // Each of these starts a whole box: on two cores two at a time take three times as long each.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          ...patience,
        },
      },
    ],
  },
});
