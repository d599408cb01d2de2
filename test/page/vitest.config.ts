import { defineConfig } from 'vitest/config'

/** The page in a browser: one after the other, as a busy machine makes a browser slow. Needs `npm run build`. */
export default defineConfig({
  test: {
    include: ['test/page/browser/**/*.test.ts'],
    testTimeout: 90_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false
  }
})
