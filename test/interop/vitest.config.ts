import { defineConfig } from 'vitest/config'

/** The tests against programs of others: real processes, real ports, real time. */
export default defineConfig({
  test: {
    include: ['test/interop/**/*.test.ts'],
    globalSetup: ['test/interop/prepare.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // One of them waits for a quiet minute to pass.
    maxWorkers: 3
  }
})
