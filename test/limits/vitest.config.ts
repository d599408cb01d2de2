import { defineConfig } from 'vitest/config'

/** Attacks on a peer in a process of its own: one after the other, as they measure memory and time. */
export default defineConfig({
  test: {
    include: ['test/limits/**/*.test.ts'],
    testTimeout: 180_000,
    // Some of what is measured is time: whatever else the machine did may spoil it once.
    retry: 1,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false
  }
})
