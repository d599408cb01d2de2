import fc from 'fast-check'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { describe, expect, it } from 'vitest'
import { createHashers } from '../../src/hashing/hashers.ts'
import { checkBlock, matches, type Verdict, verifyBlock } from '../../src/hashing/verify-block.ts'
import { property } from '../support/seed.ts'

const hashers = await createHashers()
const BYTES = new TextEncoder().encode('a block')
const CODES = [0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x1e, 0xb220]

function cidOf(code: number, digest: Uint8Array): CID {
  return CID.createV1(0x55, Digest.create(code, digest))
}

function sha256(length = 32): Uint8Array {
  return hashers.digest(0x12, BYTES).subarray(0, length)
}

const TABLE: readonly [name: string, cid: CID, bytes: Uint8Array, verdict: Verdict][] = [
  ['the right bytes', cidOf(0x12, sha256()), BYTES, 'valid'],
  ['one bit off', cidOf(0x12, sha256()), Uint8Array.from(BYTES, (byte, i) => (i === 3 ? byte ^ 1 : byte)), 'mismatch'],
  ['a byte less', cidOf(0x12, sha256()), BYTES.subarray(1), 'mismatch'],
  ['nothing', cidOf(0x12, sha256()), new Uint8Array(0), 'mismatch'],
  ['a digest cut to 20 bytes', cidOf(0x12, sha256(20)), BYTES, 'valid'],
  ['a digest cut to 19 bytes', cidOf(0x12, sha256(19)), BYTES, 'unsupported'],
  ['a digest of no bytes', cidOf(0x12, new Uint8Array(0)), BYTES, 'unsupported'],
  ['a cut digest of other bytes', cidOf(0x12, sha256(20)), new Uint8Array(7), 'mismatch'],
  ['a digest longer than the function gives', cidOf(0x12, new Uint8Array(33)), BYTES, 'unsupported'],
  ['a digest of 129 bytes', cidOf(0x13, new Uint8Array(129)), BYTES, 'unsupported'],
  ['the digest of one function under the code of another', cidOf(0x1e, sha256()), BYTES, 'mismatch'],
  ['sha1', cidOf(0x11, new Uint8Array(20)), BYTES, 'unsupported'],
  ['murmur3', cidOf(0x22, new Uint8Array(32)), BYTES, 'unsupported'],
  ['identity of the bytes', cidOf(0x00, BYTES), BYTES, 'valid'],
  ['identity of other bytes', cidOf(0x00, BYTES), new Uint8Array(7), 'mismatch'],
  ['identity of a digest of the bytes', cidOf(0x00, sha256()), BYTES, 'mismatch'],
  ['identity of nothing', cidOf(0x00, new Uint8Array(0)), new Uint8Array(0), 'valid'],
  ['identity of 128 bytes', cidOf(0x00, new Uint8Array(128)), new Uint8Array(128), 'valid'],
  ['identity of 129 bytes', cidOf(0x00, new Uint8Array(129)), new Uint8Array(129), 'unsupported']
]

describe('checkBlock', () => {
  it.each(TABLE)('%s', (_name, cid, bytes, verdict) => {
    expect(checkBlock(hashers, cid, bytes)).toBe(verdict)
  })

  it('takes what every function gives, whole or cut to 20 bytes or more, and nothing else', () => {
    const rule = fc.property(
      fc.constantFrom(...CODES),
      fc.uint8Array({ maxLength: 500 }),
      fc.integer({ min: 20, max: 64 }),
      fc.nat(499),
      (code, bytes, length, position) => {
        const digest = hashers.digest(code, bytes).subarray(0, length)
        const cid = cidOf(code, digest)
        expect(checkBlock(hashers, cid, bytes)).toBe('valid')
        const other = Uint8Array.from(bytes, (byte, i) => (i === position % bytes.length ? byte ^ 0x80 : byte))
        if (bytes.length > 0) expect(checkBlock(hashers, cid, other)).toBe('mismatch')
      }
    )
    property(rule)
  })
})

describe('verifyBlock and matches', () => {
  it('are silent and true for a block that is what it says', () => {
    expect(() => verifyBlock(hashers, cidOf(0x12, sha256()), BYTES)).not.toThrow()
    expect(matches(hashers, cidOf(0x12, sha256()), BYTES)).toBe(true)
  })

  it('name a mismatch, or answer no', () => {
    const cid = cidOf(0x12, sha256())
    expect(() => verifyBlock(hashers, cid, new Uint8Array(3))).toThrow(
      expect.objectContaining({ code: 'ERR_HASH_MISMATCH' })
    )
    expect(matches(hashers, cid, new Uint8Array(3))).toBe(false)
  })

  it('name a hash function that cannot be checked: neither yes nor no', () => {
    const unknown = expect.objectContaining({ code: 'ERR_UNSUPPORTED_HASH' }) as Error
    expect(() => verifyBlock(hashers, cidOf(0x11, new Uint8Array(20)), BYTES)).toThrow(unknown)
    expect(() => matches(hashers, cidOf(0x11, new Uint8Array(20)), BYTES)).toThrow(unknown)
  })

  it('refuse the known bad CIDs of Kubo: an unsafe function, a digest of 19 bytes', () => {
    for (const text of ['bafksebhh7d53e', 'bafkreez3itiri7ghbbf6lzej7paxyxy2qznpw']) {
      expect(checkBlock(hashers, CID.parse(text), BYTES)).toBe('unsupported')
    }
  })
})
