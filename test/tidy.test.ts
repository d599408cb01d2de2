import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PROJECT, readTree, type SourceText } from './tools/source-tree.ts'
import { readFileSync } from 'node:fs'
import { ask, RULES } from './tools/tidy-rules.ts'

const CODE = readTree(PROJECT, ['src', 'test', 'examples', 'benchmarks'], ['.ts', '.tsx', '.css', '.md', '.txt'])
const DOCS = readTree(PROJECT, ['docs'], ['.md'])
const TOP = ['package.json', 'package-lock.json', 'README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md']
const PAPERS = [...TOP.map(readTop), ...DOCS]

function readTop(path: string): SourceText {
  return { path, text: readFileSync(join(PROJECT, path), 'utf8') }
}

describe('the style of the project', () => {
  it.each(RULES.map((rule) => [rule.name, rule] as const))('%s', (_name, rule) => {
    const { looked, complaints } = ask(rule, [...CODE, ...PAPERS])
    expect(looked, 'a rule that looks at nothing checks nothing').toBeGreaterThan(0)
    expect(complaints).toEqual([])
  })

  it('papers name only paths that exist', () => {
    const named = PAPERS.filter(({ path }) => path.endsWith('.md')).flatMap(({ path, text }) =>
      [...text.matchAll(/`((?:src|test|docs|examples|benchmarks)\/[^`\s*…<]*)`/g)].map(([, name]) => ({ path, name }))
    )
    expect(named.length).toBeGreaterThan(20)
    const missing = named.filter(({ name }) => name === undefined || !existsSync(join(PROJECT, name)))
    expect(missing.map(({ path, name }) => `${path} names ${String(name)}`)).toEqual([])
  })
})
