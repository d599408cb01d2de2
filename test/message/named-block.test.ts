import { CID } from 'multiformats/cid'
import { create } from 'multiformats/hashes/digest'
import { describe, expect, it } from 'vitest'
import { cidKey } from '../../src/ids.ts'
import { encodeMessage } from '../../src/message/encode-message.ts'
import { createMessage } from '../../src/message/message.ts'
import { CID_SLAB_BYTES, NamedPresence, NamedWant, cidOf, partsOf } from '../../src/message/named-block.ts'
import { encodedSize } from '../../src/message/size.ts'

function digestOf(length: number, code = 0x12): ReturnType<typeof create> {
  return create(
    code,
    Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 0xff)
  )
}

const CIDS: readonly (readonly [string, CID])[] = [
  ['version 0', CID.createV0(digestOf(32) as Parameters<typeof CID.createV0>[0])],
  ['raw', CID.createV1(0x55, digestOf(32))],
  ['a codec of two bytes', CID.createV1(0x0129, digestOf(32))],
  ['a hash function of two bytes', CID.createV1(0x71, digestOf(64, 0xb220))],
  ['bytes above 127 in the digest', CID.createV1(0x55, digestOf(128))],
  ['more than a slab', CID.createV1(0x55, digestOf(CID_SLAB_BYTES + 1, 0x00))]
]

describe('lines that name a block', () => {
  it.each(CIDS)('make the CID they were read from: %s', (_, cid) => {
    const line = new NamedWant(partsOf({ cid, key: cidKey(cid) }), 'block', 1, true)
    for (const made of [line.cid, cidOf(line)]) {
      expect(made.equals(cid)).toBe(true)
      expect([...made.bytes]).toEqual([...cid.bytes])
      expect([...made.multihash.digest]).toEqual([...cid.multihash.digest])
      expect(made.multihash.code).toBe(cid.multihash.code)
      expect(made.toString()).toBe(cid.toString())
    }
  })

  it('make CIDs that stay what they are when more are made, and none of which keeps many others', () => {
    const cids = Array.from({ length: 200 }, (_, i) => CID.createV1(0x55, digestOf((i % 100) + 20)))
    const made = cids.map((cid) => cidOf(partsOf({ cid, key: cidKey(cid) })))
    expect(made.map(String)).toEqual(cids.map(String))
    for (const { bytes } of made) expect(bytes.buffer.byteLength).toBe(CID_SLAB_BYTES)
  })

  it.each(CIDS)('are written as the CID is, without making it: %s', (_, cid) => {
    for (const have of [true, false]) {
      const named = new NamedPresence(partsOf({ cid, key: cidKey(cid) }), have)
      Object.defineProperty(named, 'cid', {
        get: () => {
          throw new Error('made a CID to write it')
        }
      })
      const message = createMessage({ presences: [named] })
      const plain = createMessage({ presences: [{ cid, key: cidKey(cid), have }] })
      const bytes = encodeMessage(message, '1.2.0')
      expect(bytes).toEqual(encodeMessage(plain, '1.2.0'))
      expect(bytes.length).toBe(encodedSize(message, '1.2.0'))
    }
  })
})
