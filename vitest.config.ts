import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/interop/**', 'test/limits/**', 'test/page/browser/**'],
    testTimeout: 30_000,
    // The command line is started hundreds of times, from its sources: what Node made of them is kept.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/compile', import.meta.url)) },
    pool: 'forks',
    maxWorkers: 2
  }
})
