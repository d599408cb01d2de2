import { describe, expect, it } from 'vitest'
import { formatBytes, formatKuboBytes, parseBytes } from '../../src/api/byte-size.ts'

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

describe('a size for people', () => {
  it.each([
    [0, '0 B', '0 B'],
    [9, '9 B', '9 B'],
    [1_023, '1023 B', '1.0 kB'],
    [1_536, '1.5 KiB', '1.5 kB'],
    [82_854_982, '79.0 MiB', '83 MB'],
    [3 * 1024 ** 5, '3072.0 TiB', '3.4 PB']
  ])('%d bytes are %s, and %s in the commands of Kubo', (bytes, ours, kubo) => {
    expect([formatBytes(bytes), formatKuboBytes(bytes)]).toEqual([ours, kubo])
  })
})
