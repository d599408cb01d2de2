import { describe, expect, it } from 'vitest'
import { parseStorageSpec } from '../../src/storage/storage-spec.ts'

const SCHEMES = { memory: { maxBytes: 'bytes' }, fs: { durability: ['sync', 'fast'] }, level: {} } as const

describe('parseStorageSpec', () => {
  it.each([
    ['memory:', { scheme: 'memory', location: '', parameters: {} }],
    ['memory:?maxBytes=10', { scheme: 'memory', location: '', parameters: { maxBytes: '10' } }],
    ['fs:/var/lib/blocks', { scheme: 'fs', location: '/var/lib/blocks', parameters: {} }],
    ['fs:blocks?durability=fast', { scheme: 'fs', location: 'blocks', parameters: { durability: 'fast' } }],
    ['fs:C:\\blocks', { scheme: 'fs', location: 'C:\\blocks', parameters: {} }],
    ['level:what? me?', { scheme: 'level', location: 'what? me', parameters: {} }]
  ])('%s', (text, expected) => expect(parseStorageSpec(text, SCHEMES)).toEqual(expected))

  it.each([
    ['', 'unknown storage "": expected memory:, fs:, level:'],
    ['/var/lib/blocks', 'unknown storage "/var/lib/blocks": expected memory:, fs:, level:'],
    ['s3:bucket', 'unknown storage "s3:bucket": expected memory:, fs:, level:'],
    ['toString:x', 'unknown storage "toString:x": expected memory:, fs:, level:'],
    ['memory:?maxBytes=ten', 'storage memory: maxBytes is ten: expected a whole number of bytes, or one such as 64MB'],
    ['fs:x?durability=maybe', 'storage fs: durability is maybe: expected sync or fast'],
    ['fs:x?speed=fast', 'storage fs: has no parameter speed: expected durability'],
    ['level:x?durability=fast', 'storage level: has no parameter durability: expected none']
  ])('refuses %j', (text, message) => {
    expect(() => parseStorageSpec(text, SCHEMES)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_PARAMETERS', message })
    )
  })
})
