import { describe, expect, it } from 'vitest'
import { packageComplaints } from './package-contents.ts'

const PAPERS = ['package.json', 'README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE-APACHE', 'LICENSE-MIT']
const MANIFEST = {
  bin: { barter: 'dist/cli/main.js' },
  exports: { '.': { types: './dist/index.d.ts', import: './dist/index.js' } }
}
const README =
  'See [the map](docs/map.md#top), [how to help](./CONTRIBUTING.md) and [the spec](https://example.org/spec).'
const WHOLE = [...PAPERS, 'dist/cli/main.js', 'dist/index.d.ts', 'dist/index.js']

describe('the contents of the package', () => {
  it('are fine when all that it points at is there', () => {
    expect(packageComplaints(WHOLE, MANIFEST, {})).toEqual([])
  })

  it('must hold the papers, the programs and the entries', () => {
    for (const path of WHOLE) {
      const without = WHOLE.filter((other) => other !== path)
      expect(packageComplaints(without, MANIFEST, {})).toEqual([`${path} is missing`])
    }
  })

  it.each(['preinstall', 'install', 'postinstall', 'prepare'])('must not bring a script "%s"', (script) => {
    const manifest = { ...MANIFEST, scripts: { build: 'tsc', [script]: 'npm run build' } }
    expect(packageComplaints(WHOLE, manifest, {})).toEqual([`the script "${script}" is warned of at each installation`])
  })

  it('must hold what the README leads to', () => {
    expect(packageComplaints(WHOLE, MANIFEST, { 'README.md': README })).toEqual(['docs/map.md is missing'])
  })

  it('must hold what its other pages lead to, from where they are', () => {
    const page = '[next](other.md), [up](../README.md) and [an example](../examples/1.ts)'
    const files = [...WHOLE, 'docs/map.md', 'docs/other.md']
    expect(packageComplaints(files, MANIFEST, { 'docs/map.md': page })).toEqual(['examples/1.ts is missing'])
  })

  it.each(['src/index.ts', 'test/a.ts', 'dist/.tsbuildinfo', 'dist/a.test.js', '.npmrc', '.ci/run'])(
    'must not hold %s',
    (path) => {
      expect(packageComplaints([...WHOLE, path], MANIFEST, {})).toEqual([`${path} has no place in the package`])
    }
  )
})
