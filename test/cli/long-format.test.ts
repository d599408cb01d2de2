import { describe, expect, it } from 'vitest'
import { changedText, permissionsText } from '../../src/cli/long-format.ts'

// As Kubo 0.43 shows them.
describe('permissions', () => {
  it.each([
    ['file', 0o644, '-rw-r--r--'],
    ['folder', 0o755, 'drwxr-xr-x'],
    ['folder', 0o1755, 'drwxr-xr-t'],
    ['folder', 0o1754, 'drwxr-xr-T'],
    ['file', 0o4755, '-rwsr-xr-x'],
    ['file', 0o6644, '-rwSr-Sr--'],
    ['file', 0o2070, '----rws---'],
    ['link', undefined, '-'],
    ['unknown', undefined, '-']
  ] as const)('of a %s with %o', (type, mode, shown) => expect(permissionsText({ type, mode })).toBe(shown))
})

describe('times', () => {
  const now = Date.UTC(2026, 10, 22, 1, 30)

  it.each([
    ['2026-11-01T10:30:59Z', 'Nov 01 10:30'],
    ['2026-11-23T01:29:00Z', 'Nov 23 01:29'],
    ['2026-11-23T01:30:00Z', 'Nov 23  2026'],
    ['2026-05-22T01:31:00Z', 'May 22 01:31'],
    ['2026-05-22T01:30:00Z', 'May 22  2026'],
    ['1969-12-31T23:59:59Z', 'Dec 31  1969']
  ])('%s', (at, shown) => {
    expect(changedText({ seconds: Date.parse(at) / 1_000, nanoseconds: 0 }, now)).toBe(shown)
  })

  it('of none, and of what is no date', () => {
    expect(changedText(undefined, now)).toBe('-')
    expect(changedText({ seconds: 2 ** 53, nanoseconds: 0 }, now)).toBe('-')
  })
})
