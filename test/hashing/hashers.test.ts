import { createHash, randomBytes } from 'node:crypto'
import { createBLAKE2b, createBLAKE3 } from 'hash-wasm'
import { describe, expect, it } from 'vitest'
import { createHashers, NodeHashers } from '../../src/hashing/hashers.ts'

/** Published digests of the three bytes "abc" (FIPS 180-4, FIPS 202, RFC 7693, the BLAKE3 paper). */
const ABC: readonly [name: string, code: number, digest: string][] = [
  ['sha2-256', 0x12, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'sha2-512',
    0x13,
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f'
  ],
  ['sha3-224', 0x17, 'e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf'],
  ['sha3-256', 0x16, '3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532'],
  [
    'sha3-384',
    0x15,
    'ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b298d88cea927ac7f539f1edf228376d25'
  ],
  [
    'sha3-512',
    0x14,
    'b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0'
  ],
  ['blake3', 0x1e, '6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85'],
  ['blake2b-256', 0xb220, 'bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319']
]

describe('createHashers', () => {
  it.each(ABC)('computes the published %s digest of "abc"', async (_name, code, digest) => {
    const hashers = await createHashers()
    expect(hashers.has(code)).toBe(true)
    expect(Buffer.from(hashers.digest(code, new TextEncoder().encode('abc'))).toString('hex')).toBe(digest)
  })

  it('refuses every other function, also identity and sha1', async () => {
    const hashers = await createHashers()
    for (const code of [0x00, 0x11, 0x18, 0x1b, 0x56, 0xb240, 0xd5, -1, Number.NaN]) {
      expect(hashers.has(code)).toBe(false)
      expect(() => hashers.digest(code, new Uint8Array(1))).toThrow(
        expect.objectContaining({ code: 'ERR_UNSUPPORTED_HASH' })
      )
    }
  })

  it('keeps no state between digests, whatever function came before', async () => {
    const hashers = await createHashers()
    const samples = [0, 1, 63, 64, 65, 1_000, 300_000].map((size) => randomBytes(size))
    for (const bytes of samples) {
      const [blake3, blake2b] = [(await createBLAKE3(256)).init(), (await createBLAKE2b(256)).init()]
      expect(hashers.digest(0x1e, bytes)).toEqual(blake3.update(bytes).digest('binary'))
      expect(hashers.digest(0xb220, bytes)).toEqual(blake2b.update(bytes).digest('binary'))
      expect(Buffer.from(hashers.digest(0x12, bytes))).toEqual(createHash('sha256').update(bytes).digest())
    }
  })

  it('gives digests of their own: a later one does not change an earlier one', async () => {
    const hashers = await createHashers()
    for (const [, code, digest] of ABC) {
      const first = hashers.digest(code, new TextEncoder().encode('abc'))
      hashers.digest(code, new Uint8Array(100))
      expect(Buffer.from(first).toString('hex')).toBe(digest)
      expect(first).not.toBeInstanceOf(Buffer)
    }
  })
})

describe('NodeHashers', () => {
  it('knows sha2 and sha3 from the start, the blake functions once loaded', async () => {
    const hashers = new NodeHashers()
    const known = (): boolean[] => ABC.map(([, code]) => hashers.has(code))
    expect(known()).toEqual([true, true, true, true, true, true, false, false])
    await Promise.all([hashers.load(), hashers.load()])
    await hashers.load()
    expect(known()).toEqual(ABC.map(() => true))
  })
})
