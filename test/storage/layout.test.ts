import fc from 'fast-check'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { describe, expect, it } from 'vitest'
import { isShard, multihashOf, placeOf } from '../../src/storage/layout.ts'
import { numberedBlock } from '../../src/testing/sample-blocks.ts'
import { property } from '../support/seed.ts'

const EMPTY_UNIXFS = 'QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn'

describe('placeOf', () => {
  it('follows FlatFS: base32 upper case without a prefix, in the directory of the two characters before the last', () => {
    // The empty UnixFS directory, which every Kubo repo holds.
    expect(placeOf(CID.parse(EMPTY_UNIXFS))).toEqual({
      key: 'CIQFTFEEHEDF6KLBT32BFAGLXEZL4UWFNWM4LFTLMXQBCERZ6CMLX3Y',
      directory: 'X3',
      file: 'CIQFTFEEHEDF6KLBT32BFAGLXEZL4UWFNWM4LFTLMXQBCERZ6CMLX3Y.data'
    })
  })

  it('has one place for all CIDs of one multihash', () => {
    const v0 = CID.parse(EMPTY_UNIXFS)
    expect(placeOf(v0.toV1())).toEqual(placeOf(v0))
    expect(placeOf(CID.createV1(0x55, v0.multihash))).toEqual(placeOf(v0))
  })

  it('spreads sha2-256 over all 1,024 directories', () => {
    const directories = new Set(Array.from({ length: 20_000 }, (_, n) => placeOf(numberedBlock(n, 8).cid)?.directory))
    expect(directories.size).toBe(1_024)
  })

  it('has no place for a multihash too long for a file name', () => {
    const cidOf = (length: number): CID => CID.createV1(0x55, Digest.create(0x13, new Uint8Array(length)))
    expect(placeOf(cidOf(128))?.file.length).toBeLessThanOrEqual(255)
    expect(placeOf(cidOf(160))).toBeUndefined()
  })

  it('gives the multihash back, whatever the hash function and length', () => {
    const rule = fc.property(fc.nat(0xffff), fc.uint8Array({ maxLength: 128 }), (code, digest) => {
      const multihash = Digest.create(code, digest)
      const place = placeOf(CID.createV1(0x55, multihash))
      expect(place).toBeDefined()
      expect(multihashOf(place?.file ?? '')?.bytes).toEqual(multihash.bytes)
      expect(isShard(place?.directory ?? '')).toBe(true)
    })
    property(rule, { numRuns: 500 })
  })
})

describe('multihashOf', () => {
  it.each([
    ['no block at all', 'diskUsage.cache'],
    ['nothing before the ending', '.data'],
    ['another ending', 'CIQFTFEEHEDF6KLBT32BFAGLXEZL4UWFNWM4LFTLMXQBCERZ6CMLX3Y.tmp'],
    ['lower case', 'ciqftfeehedf6klbt32bfaglxezl4uwfnwm4lftlmxqbcerz6cmlx3y.data'],
    ['the multibase prefix of another store', 'BCIQFTFEEHEDF6KLBT32BFAGLXEZL4UWFNWM4LFTLMXQBCERZ6CMLX3Y.data'],
    ['a digest shorter than it says', 'CIQFTFEEHEDF6KLBT32BFAGLXEZL4UWFNWM4LFTLMXQBCERZ6CML.data'],
    ['padding bits that are not zero', 'CIQFTFEEHEDF6KLBT32BFAGLXEZL4UWFNWM4LFTLMXQBCERZ6CMLX3Z.data'],
    ['no base32', 'CIQ0189!.data']
  ])('knows that %s is no block', (_name, file) => {
    expect(multihashOf(file)).toBeUndefined()
  })

  it('never throws', () => {
    const rule = fc.property(fc.string(), (text) => {
      expect(() => multihashOf(`${text}.data`)).not.toThrow()
    })
    property(rule)
  })
})

describe('isShard', () => {
  it.each([
    ['X3', true],
    ['_A', true],
    ['AA', true],
    ['a3', false],
    ['X', false],
    ['X31', false],
    ['.temp', false],
    ['quarantine', false],
    ['18', false]
  ])('%s: %s', (name, expected) => expect(isShard(name)).toBe(expected))
})
