import fc from 'fast-check'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { describe, expect, it } from 'vitest'
import { admit } from '../../src/blocks/admit.ts'
import { createHashers } from '../../src/hashing/hashers.ts'
import { checkBlock } from '../../src/hashing/verify-block.ts'
import { CountingHashers } from '../support/counting-hashers.ts'
import { property } from '../support/seed.ts'

const hashers = await createHashers()
const TEXT = new TextEncoder().encode('a block')
const MIB = 1024 * 1024

function cidOf(code: number, digest: Uint8Array): CID {
  return CID.createV1(0x55, Digest.create(code, digest))
}

const IDENTITY = 0x00

describe('admit', () => {
  it.each<[name: string, cid: CID, outcome: 'fetch' | 'own' | 'refuse']>([
    ['sha2-256', cidOf(0x12, new Uint8Array(32)), 'fetch'],
    ['sha2-256 cut to 20 bytes', cidOf(0x12, new Uint8Array(20)), 'fetch'],
    ['sha2-256 cut to 19 bytes', cidOf(0x12, new Uint8Array(19)), 'refuse'],
    ['sha2-256 of 33 bytes: no block can have it', cidOf(0x12, new Uint8Array(33)), 'refuse'],
    ['sha2-256 of 128 bytes', cidOf(0x12, new Uint8Array(128)), 'refuse'],
    ['sha2-512', cidOf(0x13, new Uint8Array(64)), 'fetch'],
    ['sha2-512 of 65 bytes', cidOf(0x13, new Uint8Array(65)), 'refuse'],
    ['sha3-224', cidOf(0x17, new Uint8Array(28)), 'fetch'],
    ['sha3-224 of 29 bytes', cidOf(0x17, new Uint8Array(29)), 'refuse'],
    ['blake3', cidOf(0x1e, new Uint8Array(32)), 'fetch'],
    ['blake2b-256', cidOf(0xb220, new Uint8Array(32)), 'fetch'],
    ['version 0', CID.createV0(Digest.create(0x12, new Uint8Array(32))), 'fetch'],
    ['sha1', cidOf(0x11, new Uint8Array(20)), 'refuse'],
    ['murmur3', cidOf(0x22, new Uint8Array(32)), 'refuse'],
    ['identity of nothing', cidOf(IDENTITY, new Uint8Array(0)), 'own'],
    ['identity of 7 bytes', cidOf(IDENTITY, TEXT), 'own'],
    ['identity of 128 bytes', cidOf(IDENTITY, new Uint8Array(128)), 'own'],
    ['identity of 129 bytes', cidOf(IDENTITY, new Uint8Array(129)), 'refuse'],
    ['identity of a mebibyte', cidOf(IDENTITY, new Uint8Array(MIB)), 'refuse'],
    ['the unsafe function of Kubo’s tests', CID.parse('bafksebhh7d53e'), 'refuse'],
    ['the short digest of Kubo’s tests', CID.parse('bafkreez3itiri7ghbbf6lzej7paxyxy2qznpw'), 'refuse']
  ])('%s', (_name, cid, expected) => {
    if (expected === 'refuse') {
      expect(() => admit(cid, hashers)).toThrow(expect.objectContaining({ name: 'UnsupportedHashError' }))
    } else {
      expect(admit(cid, hashers)).toEqual(expected === 'own' ? cid.multihash.digest : undefined)
    }
  })

  it('lets in exactly the CIDs of which some block could be verified', () => {
    const anyCode = fc.constantFrom(0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x1e, 0xb220, 0x11, 0x22, 0x00)
    const rule = fc.property(anyCode, fc.integer({ min: 0, max: 140 }), (code, length) => {
      const cid = cidOf(code, new Uint8Array(length))
      const canBeChecked = checkBlock(hashers, cid, TEXT) !== 'unsupported'
      let isAdmitted = true
      try {
        admit(cid, hashers)
      } catch {
        isAdmitted = false
      }
      expect(isAdmitted).toBe(canBeChecked)
    })
    property(rule, { numRuns: 500 })
  })

  it('finds out the length of a digest once for each function', () => {
    const counting = new CountingHashers(hashers)
    for (let i = 0; i < 100; i++) admit(cidOf(0x12 + (i % 2), new Uint8Array(32)), counting)
    expect(counting.count).toBe(2)
  })
})
