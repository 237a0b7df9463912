import { defineConfig } from 'vitest/config';
import { ClosingLine } from './tests/gates/closing-line.ts';

const compose = 'tests/e2e/compose*.test.ts';

export default defineConfig({
  test: {
    reporters: ['default', new ClosingLine()],
    allowOnly: false,
    teardownTimeout: 10_000,
    // Most tests wait for other processes, so that two files go side by side on two cores.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['*/tests/**/*.test.ts'],
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
          exclude: [compose],
          // Each of these starts a whole box: on two cores two at a time take three times as long each.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 180_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
