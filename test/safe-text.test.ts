import { describe, expect, it } from 'vitest'
import { plainText } from '../src/node/log/log-line.ts'
import { plainText as agentText } from '../src/node/insight/peer-notes.ts'
import { safeText as pageText } from '../src/page/format/safe-text.ts'
import { safeLine, safeText, spacedLine } from '../src/safe-text.ts'

it.each([
  ['plain äöü ⛵ 🙂 text\twith\ttabs', 'plain äöü ⛵ 🙂 text\twith\ttabs'],
  ['\u001b[2J\u001b]0;title\u0007', '\\u001b[2J\\u001b]0;title\\u0007'],
  ['back\rspace\b', 'back\\u000dspace\\u0008'],
  ['c1 \u009b31m', 'c1 \\u009b31m'],
  ['right to left \u202etxt.exe', 'right to left \\u202etxt.exe'],
  ['left out \u{e0041}', 'left out \\udb40\\udc41'],
  ['half \ud83d', 'half \\ud83d']
])('%j is shown as %j', (text, shown) => {
  expect(safeText(text)).toBe(shown)
  expect(safeLine(text)).toBe(shown)
})

it('a line has no end in it', () => {
  expect(safeText('two\nlines')).toBe('two\nlines')
  expect(safeLine('two\nlines\u2028three')).toBe('two\\u000alines\\u2028three')
  expect(spacedLine('two\nlines\u2028three\u0000\u200f!')).toBe('two lines three  !')
})

it('JSON on a line stays the same JSON', () => {
  const value = { name: 'a\u202e\u200d\u{e0041}\ud83d\u001b\n', tab: '\t' }
  expect(JSON.parse(safeLine(JSON.stringify(value)))).toEqual(value)
})

describe('wherever a text of a stranger is shown, the same characters are not:', () => {
  // One of every kind: controls of both sets, formats, separators, directions, a mark of order, a half.
  const all = ['\0', '\u001b', '\u0085', '\u00ad', '\u061c', '\u200b', '\u2028', '\u202e', '\u2060', '\u2066', '\ufeff']
  it.each([...all, '\r', '\ud83d', '\u{e0041}'])('%j', (char) => {
    const [text, shown] = [`a${char}b`, [safeLine, safeText, plainText, (from: string) => pageText(from)]]
    expect(shown.map((show) => show(text))).toEqual(shown.map(() => safeLine(text)))
    expect(safeLine(text)).not.toContain(char)
    expect(agentText(text, 9)).toBe('a b')
  })
})
