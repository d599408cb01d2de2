import { defineConfig } from 'vitest/config'

/** Attacks on a peer in a process of its own: one after the other, as they measure memory and time. */
export default defineConfig({
  test: {
    include: ['test/limits/**/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false
  }
})
