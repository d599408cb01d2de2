import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { PROJECT, readTree } from '../tools/source-tree.ts'

const MAX_GZIP_BYTES = 60_000

/** Names of XML vocabularies: nothing is fetched from there. */
const NAMES_ONLY = /http:\/\/www\.w3\.org\/(1998\/Math\/MathML|1999\/xhtml|1999\/xlink|2000\/svg)/gu

describe('the built page (npm run build)', () => {
  const files = existsSync(join(PROJECT, 'dist/page'))
    ? readTree(PROJECT, ['dist/page'], ['.html', '.js', '.css', '.svg'])
    : []

  it('is small', () => {
    const sizes = files.map(({ path }) => [path, gzipSync(readFileSync(join(PROJECT, path))).length] as const)
    expect(sizes.length).toBeGreaterThan(2)
    const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0)
    expect(total, JSON.stringify(sizes)).toBeLessThanOrEqual(MAX_GZIP_BYTES)
  })

  it('fetches nothing from elsewhere', () => {
    for (const { path, text } of files) {
      expect(text.replaceAll(NAMES_ONLY, '').match(/\b(https?|wss?):\/\/[^\s"'`]*/gu) ?? [], path).toEqual([])
    }
  })

  it('needs no script, style or handler in the document itself', () => {
    const html = files.find(({ path }) => path.endsWith('index.html'))?.text ?? ''
    expect(html).toContain('<div id="page">')
    expect(html.match(/<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:|data:/gu) ?? []).toEqual([])
  })

  it('makes no markup out of text', () => {
    const sources = readTree(PROJECT, ['src/page'], ['.ts', '.tsx'])
    for (const { path, text } of sources) {
      expect(
        text.match(/dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc/gu) ?? [],
        path
      ).toEqual([])
    }
  })
})
