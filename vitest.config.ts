import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/interop/**', 'test/limits/**', 'test/page/browser/**'],
    testTimeout: 30_000,
    pool: 'forks',
    maxWorkers: 2
  }
})
