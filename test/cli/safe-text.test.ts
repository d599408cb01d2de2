import { expect, it } from 'vitest'
import { safeText } from '../../src/cli/cli.ts'

it.each([
  ['plain äöü ⛵ text\twith\ttabs', 'plain äöü ⛵ text\twith\ttabs'],
  ['\u001b[2J\u001b]0;title\u0007', '\\x1b[2J\\x1b]0;title\\x07'],
  ['back\rspace\b', 'back\\x0dspace\\x08'],
  ['c1 \u009b31m', 'c1 \\x9b31m'],
  ['right to left \u202etxt.exe', 'right to left \\x202etxt.exe']
])('%j is shown as %j', (text, shown) => expect(safeText(text)).toBe(shown))
