import { encode as encodeCbor } from '@ipld/dag-cbor'
import fc from 'fast-check'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { describe, expect, it } from 'vitest'
import { cborLinks } from '../../src/content/cbor-links.ts'
import { property } from '../support/seed.ts'

function numberedCid(number: number): CID {
  const digest = new Uint8Array(32)
  new DataView(digest.buffer).setUint32(0, number)
  return CID.createV1(0x55, Digest.create(0x12, digest))
}

describe('the links of DAG-CBOR', () => {
  it('are those that its values hold', () => {
    const link = fc.integer({ min: 0, max: 1_000 }).map((number) => numberedCid(number))
    const leaf = fc.oneof(
      link,
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.uint8Array(),
      fc.double({ noNaN: true, noDefaultInfinity: true })
    )
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('node'), { maxLength: 4 }),
        fc.dictionary(fc.string({ minLength: 1 }), tie('node'), { maxKeys: 4 })
      )
    })).node
    property(
      fc.property(value, (made) => {
        const bytes = encodeCbor(made)
        const expected: CID[] = []
        collect(made, expected)
        expect(cborLinks(bytes, 128).map(String).sort()).toEqual(expected.map(String).sort())
      })
    )
  })

  it('are told of no bytes but DAG-CBOR, and at no more cost than they are long', () => {
    property(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          expect(cborLinks(bytes, 128).length).toBeLessThan(bytes.length)
        } catch (error) {
          if (!(error instanceof Error) || error.name === 'AssertionError') throw error
        }
      })
    )
  })

  it.each([
    ['that ends early', [0x82, 0x01]],
    ['with bytes behind it', [0x01, 0x01]],
    ['that announces more than it has', [0x9b, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff]],
    ['without an end', [0x9f, 0x01, 0xff]],
    ['with a tag of another kind', [0xc1, 0x01]],
    ['with a link that is no bytes', [0xd8, 0x2a, 0x01]],
    ['with a value that DAG-CBOR does not know', [0xf7]]
  ])('are not told of a block %s', (_what, bytes) => {
    expect(() => cborLinks(Uint8Array.from(bytes), 128)).toThrow('no valid DAG-CBOR')
  })

  it('are found as deep as was said', () => {
    const cid = numberedCid(1)
    const nested = (levels: number): Uint8Array => {
      let value: unknown = cid
      for (let level = 0; level < levels; level++) value = [value]
      return encodeCbor(value)
    }
    expect(cborLinks(nested(128), 128)).toEqual([cid])
    expect(() => cborLinks(nested(129), 128)).toThrow('more than 128 levels')
  })
})

function collect(value: unknown, found: CID[]): void {
  const link = CID.asCID(value)
  if (link !== null) found.push(link)
  else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    for (const inner of Object.values(value)) collect(inner, found)
  }
}
