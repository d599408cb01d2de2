import { describe, expect, it } from 'vitest'
import { parseBytes } from '../../src/api/byte-size.ts'

describe('parseBytes', () => {
  it.each([
    ['4096', 4_096],
    ['10GB', 10_000_000_000],
    ['1.5 MiB', 1_572_864],
    ['64k', 64_000],
    ['0', 0],
    ['10XB', undefined],
    ['fast', undefined],
    ['-1', undefined],
    ['', undefined],
    ['1.2.3', undefined]
  ])('%s: %s', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes)
  })
})
