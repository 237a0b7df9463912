import { defineConfig } from 'vitest/config';
import { ClosingLine } from './tests/gates/closing-line.ts';

const compose = 'tests/e2e/compose*.test.ts';
/** Of tests that start boxes: long enough for a computer that is several times slower. */
const patience = { testTimeout: 300_000, hookTimeout: 120_000, expect: { poll: { timeout: 60_000 } } };
const waiting = ['tests/e2e/health.test.ts', 'tests/e2e/replay.test.ts'];

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
          // Files of a worker share the modules that they load: to load them anew for each takes a second of it.
          isolate: false,
          sequence: { groupOrder: 0 },
          testTimeout: 20_000,
          hookTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          // These start no box, and so go beside the unit tests.
          name: 'compose',
          include: [compose],
          sequence: { groupOrder: 0 },
          testTimeout: 180_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          exclude: [compose, ...waiting],
          // Each of these starts a whole box: on two cores two at a time take three times as long each.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          ...patience,
        },
      },
      {
        extends: true,
        test: {
          // Boxes that read one machine: they wait for an alarm, and for the end of a recording.
          name: 'waiting',
          include: waiting,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
          ...patience,
        },
      },
    ],
  },
});
