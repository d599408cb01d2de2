import fc from 'fast-check'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { describe, expect, it } from 'vitest'
import { identify, type Refusal } from '../../src/blocks/verify.ts'
import { createHashers, NodeHashers } from '../../src/hashing/hashers.ts'
import { checkBlock } from '../../src/hashing/verify-block.ts'
import { cidKey } from '../../src/ids.ts'
import { MAX_BLOCK_BYTES } from '../../src/message/limits.ts'
import { cidPrefix } from '../../src/message/prefix.ts'
import { CountingHashers } from '../support/counting-hashers.ts'
import { property } from '../support/seed.ts'
import { bytes } from '../support/wire-samples.ts'

const hashers = await createHashers()
const TEXT = new TextEncoder().encode('a block')
const MIB = 1024 * 1024
const anything = (): boolean => true

/** Every hash function that is accepted, with the bytes it gives. */
const FUNCTIONS: readonly [name: string, code: number, length: number, prefix: string][] = [
  ['sha2-256', 0x12, 32, '01 55 12 20'],
  ['sha2-512', 0x13, 64, '01 55 13 40'],
  ['sha3-512', 0x14, 64, '01 55 14 40'],
  ['sha3-384', 0x15, 48, '01 55 15 30'],
  ['sha3-256', 0x16, 32, '01 55 16 20'],
  ['sha3-224', 0x17, 28, '01 55 17 1c'],
  ['blake3', 0x1e, 32, '01 55 1e 20'],
  ['blake2b-256', 0xb220, 32, '01 55 a0 e4 02 20']
]

function cidOf(code: number, digest: Uint8Array): CID {
  return CID.createV1(0x55, Digest.create(code, digest))
}

function outcome(prefix: string, data: Uint8Array, awaits = anything): Refusal | 'accepted' {
  const found = identify({ prefix: bytes(prefix), bytes: data }, awaits, hashers)
  return 'refused' in found ? found.refused : 'accepted'
}

const TABLE: readonly [name: string, prefix: string, data: Uint8Array, outcome: Refusal | 'accepted'][] = [
  ['version 1, raw', '01 55 12 20', TEXT, 'accepted'],
  ['version 1, dag-pb', '01 70 12 20', TEXT, 'accepted'],
  ['version 0: dag-pb and sha2-256', '00 70 12 20', TEXT, 'accepted'],
  ['a codec of two bytes', '01 a9 02 12 20', TEXT, 'accepted'],
  ['a codec of nine bytes, of which numbers hold all', '01 ff ff ff ff ff ff ff 0f 12 20', TEXT, 'accepted'],
  ['a block of no bytes', '01 55 12 20', new Uint8Array(0), 'accepted'],
  ['a block of one byte', '01 55 12 20', new Uint8Array(1), 'accepted'],
  ['the largest block', '01 55 12 20', new Uint8Array(MAX_BLOCK_BYTES), 'accepted'],
  ['a block of one byte more', '01 55 12 20', new Uint8Array(MAX_BLOCK_BYTES + 1), 'too-large'],
  ['a block of 4 MiB under a bad prefix', 'ff', new Uint8Array(4 * MIB), 'too-large'],
  ['a digest cut to 20 bytes', '01 55 12 14', TEXT, 'accepted'],
  ['a digest cut to 19 bytes', '01 55 12 13', TEXT, 'bad-prefix'],
  ['a digest cut to 4 bytes', '01 55 12 04', TEXT, 'bad-prefix'],
  ['a digest cut to nothing', '01 55 12 00', TEXT, 'bad-prefix'],
  ['a digest of 33 bytes, of a function that gives 32', '01 55 12 21', TEXT, 'bad-prefix'],
  ['a digest of 128 bytes, of a function that gives 64', '01 55 13 80 01', TEXT, 'bad-prefix'],
  ['a digest of 129 bytes', '01 55 13 81 01', TEXT, 'bad-prefix'],
  ['a digest of 2^32 bytes', '01 55 13 80 80 80 80 10', TEXT, 'bad-prefix'],
  ['no prefix', '', TEXT, 'bad-prefix'],
  ['a prefix of one varint', '01', TEXT, 'bad-prefix'],
  ['a prefix of three varints', '01 55 12', TEXT, 'bad-prefix'],
  ['a prefix of five varints', '01 55 12 20 00', TEXT, 'bad-prefix'],
  ['a prefix that ends inside a varint', '01 55 12 a0', TEXT, 'bad-prefix'],
  ['a prefix that goes on with the digest', `01 55 12 20 ${'00 '.repeat(32)}`, TEXT, 'bad-prefix'],
  ['a prefix of 41 bytes', '80 '.repeat(41), TEXT, 'bad-prefix'],
  ['a prefix of a mebibyte', '01 '.repeat(MIB), TEXT, 'bad-prefix'],
  ['a version that is not minimal', '81 00 55 12 20', TEXT, 'bad-prefix'],
  ['a codec that is not minimal', '01 d5 00 12 20', TEXT, 'bad-prefix'],
  ['a hash function that is not minimal', '01 55 92 00 20', TEXT, 'bad-prefix'],
  ['a length that is not minimal', '01 55 12 a0 00', TEXT, 'bad-prefix'],
  ['a varint of ten bytes', '01 80 80 80 80 80 80 80 80 80 01 12 20', TEXT, 'bad-prefix'],
  ['a number beyond 2^53', '01 ff ff ff ff ff ff ff 1f 12 20', TEXT, 'bad-prefix'],
  ['version 2', '02 55 12 20', TEXT, 'bad-prefix'],
  ['version 18: a multihash where a prefix should be', '12 20', TEXT, 'bad-prefix'],
  ['version 0 with the raw codec', '00 55 12 20', TEXT, 'bad-prefix'],
  ['version 0 with another hash function', '00 70 13 20', TEXT, 'bad-prefix'],
  ['version 0 with a cut digest', '00 70 12 14', TEXT, 'bad-prefix'],
  ['identity: nothing is hashed, so nothing is proved', '01 55 00 20', TEXT, 'unsupported-hash'],
  ['identity of a short block', '01 55 00 07', TEXT, 'bad-prefix'],
  ['sha1', '01 55 11 14', TEXT, 'unsupported-hash'],
  ['md5', '01 55 d5 01 14', TEXT, 'unsupported-hash'],
  ['murmur3-128', '01 55 22 20', TEXT, 'unsupported-hash'],
  ['blake2b-512', '01 55 c0 e4 02 40', TEXT, 'unsupported-hash'],
  ['a hash function nobody knows', '01 55 ff ff 03 20', TEXT, 'unsupported-hash'],
  ['a hash function of a large number', '01 55 ff ff ff ff ff ff ff 0f 20', TEXT, 'unsupported-hash']
]

describe('identify', () => {
  it.each(TABLE)('%s', (_name, prefix, data, expected) => {
    expect(outcome(prefix, data)).toBe(expected)
  })

  it.each(FUNCTIONS)('%s: the key is that of the CID the bytes hash to', (_name, code, length, prefix) => {
    const cid = cidOf(code, hashers.digest(code, TEXT))
    expect(cid.multihash.size).toBe(length)
    expect(identify({ prefix: bytes(prefix), bytes: TEXT }, anything, hashers)).toEqual({ key: cidKey(cid) })
    expect(checkBlock(hashers, cid, TEXT)).toBe('valid')
  })

  it.each(FUNCTIONS)('%s: the key of a cut digest is another one', (_name, code, length) => {
    const cid = cidOf(code, hashers.digest(code, TEXT).subarray(0, 20))
    const found = identify({ prefix: cidPrefix(cid), bytes: TEXT }, anything, hashers)
    expect(found).toEqual({ key: cidKey(cid) })
    expect(found).not.toEqual({ key: cidKey(cidOf(code, hashers.digest(code, TEXT).subarray(0, length))) })
  })

  it('hash confusion: the digest of one function under the code of another is another key', () => {
    const keys = new Set(
      FUNCTIONS.map(([, , , prefix]) =>
        JSON.stringify(identify({ prefix: bytes(prefix), bytes: TEXT }, anything, hashers))
      )
    )
    expect(keys.size).toBe(FUNCTIONS.length)
  })

  it('the codec and the version do not matter to the key', () => {
    const keys = ['00 70 12 20', '01 70 12 20', '01 55 12 20', '01 71 12 20'].map((prefix) =>
      identify({ prefix: bytes(prefix), bytes: TEXT }, anything, hashers)
    )
    for (const key of keys) expect(key).toEqual(keys[0])
  })

  it('asks whether any block of this kind is wanted, and hashes only then', () => {
    const asked: number[][] = []
    const counting = new CountingHashers(hashers)
    const awaits = (code: number, length: number): boolean => {
      asked.push([code, length])
      return false
    }
    const found = identify({ prefix: bytes('01 55 13 28'), bytes: TEXT }, awaits, counting)
    expect([found, asked, counting.count]).toEqual([{ refused: 'unwanted' }, [[0x13, 40]], 0])
  })

  it('hashes nothing that it refuses', () => {
    const counting = new CountingHashers(hashers)
    const refused = TABLE.filter(([, , , result]) => result !== 'accepted')
    const tooLong = ['01 55 12 21', '01 55 13 80 01']
    for (const [, prefix, data] of refused.filter(([, prefix]) => !tooLong.includes(prefix))) {
      identify({ prefix: bytes(prefix), bytes: data }, anything, counting)
    }
    expect(counting.count).toBe(0)
  })

  it('hash functions that are not loaded yet are not known', () => {
    const found = identify({ prefix: bytes('01 55 1e 20'), bytes: TEXT }, anything, new NodeHashers())
    expect(found).toEqual({ refused: 'unsupported-hash' })
  })

  it('agrees with the check of a block against a CID, for any block and prefix', () => {
    const rule = fc.property(
      fc.constantFrom(...FUNCTIONS),
      fc.integer({ min: 20, max: 64 }),
      fc.uint8Array({ maxLength: 300 }),
      ([, code], length, data) => {
        const cid = cidOf(code, hashers.digest(code, data).subarray(0, length))
        expect(identify({ prefix: cidPrefix(cid), bytes: data }, anything, hashers)).toEqual({ key: cidKey(cid) })
      }
    )
    property(rule)
  })

  it('never throws, whatever the prefix', () => {
    const rule = fc.property(fc.uint8Array({ maxLength: 45 }), (prefix) => {
      identify({ prefix, bytes: TEXT }, anything, hashers)
    })
    property(rule, { numRuns: 2_000 })
  })
})
