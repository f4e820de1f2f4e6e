import { defineConfig } from 'vitest/config';

const one = { globalSetup: 'test/support/demo.ts', maxConcurrency: 2, testTimeout: 60_000, hookTimeout: 60_000 };

// One file after another: they share two cores, and all but the last one service. Where a key leaks
// no other test has a place: that one has a demonstration of its own.
export default defineConfig({
  test: {
    fileParallelism: false,
    projects: [
      { test: { ...one, name: 'usual', include: ['test/browser/*.test.ts'], sequence: { groupOrder: 0 } } },
      { test: { ...one, name: 'leak', include: ['test/browser/leak/*.test.ts'], sequence: { groupOrder: 1 } } },
    ],
  },
});
