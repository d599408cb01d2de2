import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

/** The page that `barter daemon` serves. All it needs is in the bundle: the peer it shows may have no way to the internet. */
export default defineConfig({
  root: path('src/page'),
  base: './',
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: path('dist/page'),
    emptyOutDir: true,
    target: 'es2022',
    // The policy of the page allows no `data:` addresses, and no script in the document itself.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false
  }
})
