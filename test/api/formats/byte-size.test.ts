import { describe, expect, it } from 'vitest'
import { formatBytes, parseBytes } from '../../../src/api/formats/byte-size.ts'

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

describe('a size for people, as Kubo shows it', () => {
  it.each([
    [0, '0 B'],
    [9, '9 B'],
    [1_023, '1.0 kB'],
    [1_536, '1.5 kB'],
    [82_854_982, '83 MB'],
    [3 * 1024 ** 5, '3.4 PB']
  ])('%d bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })
})
