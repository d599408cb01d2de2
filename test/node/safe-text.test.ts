import { expect, it } from 'vitest'
import { safeLine, safeText } from '../../src/node/safe-text.ts'

it.each([
  ['plain äöü ⛵ text\twith\ttabs', 'plain äöü ⛵ text\twith\ttabs'],
  ['\u001b[2J\u001b]0;title\u0007', '\\x1b[2J\\x1b]0;title\\x07'],
  ['back\rspace\b', 'back\\x0dspace\\x08'],
  ['c1 \u009b31m', 'c1 \\x9b31m'],
  ['right to left \u202etxt.exe', 'right to left \\x202etxt.exe']
])('%j is shown as %j', (text, shown) => expect(safeText(text)).toBe(shown))

it('a line has no end in it', () => {
  expect(safeText('two\nlines')).toBe('two\nlines')
  expect(safeLine('two\nlines\u2028three')).toBe('two\\x0alines\\x2028three')
})
