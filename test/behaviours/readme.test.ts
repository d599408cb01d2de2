import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const TESTS = join(import.meta.dirname, '..')

interface Claim {
  readonly path: string
  /** The name of a test, or of several, apart by a semicolon; none where the whole file is meant. */
  readonly name: string | undefined
}

function claims(): readonly Claim[] {
  const lines = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8').split('\n')
  const found: Claim[] = []
  let own: string | undefined
  for (const line of lines) {
    if (line.startsWith('#')) own = undefined
    const heading = /Test in `(.*\.test\.ts)`/.exec(line)?.[1]
    const cells = line.split(' | ')
    if (heading !== undefined) own = heading
    else if (own !== undefined && cells.length > 1)
      found.push({ path: own, name: cells[1]?.replace(/ \|$/, '').trim() })
    for (const [, path, name] of line.matchAll(/`([\w/.-]+\.test\.ts)`(?:: (.*?))?(?= \||; `)/g)) {
      if (path !== undefined && heading === undefined) found.push({ path, name })
    }
  }
  return found
}

/** Is there such a test, by its name as it is written? */
function holds({ path, name }: Claim): boolean {
  const file = join(TESTS, path)
  if (!existsSync(file)) return false
  const text = readFileSync(file, 'utf8').replaceAll("\\'", "'")
  return name === undefined || text.includes(name) || name.split('; ').every((each) => text.includes(each))
}

it('the list of behaviours names only tests that exist', () => {
  const all = claims()
  expect(all.length).toBeGreaterThan(100)
  expect(all.filter((claim) => !holds(claim))).toEqual([])
})
