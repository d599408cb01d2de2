import { describe, expect, it } from 'vitest'
import { createHashers } from '../../../src/hashing/hashers.ts'
import { blockCid } from '../../../src/node/service/block-cid.ts'

const hashers = await createHashers()
const HELLO = Buffer.from('hello\n')

describe('the CID of a block', () => {
  it.each([
    [{}, 'bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am'],
    [{ codec: 'dag-pb' }, 'bafybeicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am'],
    [{ codec: 'dag-pb', cidVersion: 0 as const }, 'QmUJPTFZnR2CPGAzmfdYPghgrFtYFB6pf1BqMvqfiPDam8']
  ])('%o', (options, expected) => expect(blockCid(hashers, HELLO, options).toString()).toBe(expected))

  it.each(['sha2-512', 'sha3-224', 'sha3-256', 'sha3-384', 'sha3-512', 'blake3', 'blake2b-256'])('with %s', (hash) => {
    const cid = blockCid(hashers, HELLO, { hash })
    expect(hashers.digest(cid.multihash.code, HELLO)).toEqual(cid.multihash.digest)
  })

  it.each([
    [{ codec: 'nothing' }, 'unknown codec "nothing": expected one of raw, dag-pb'],
    [{ hash: 'md5' }, 'unknown hash function "md5": expected one of sha2-256'],
    [{ codec: 'toString' }, 'unknown codec "toString"'],
    [{ codec: 'raw', cidVersion: 0 as const }, 'always dag-pb with sha2-256'],
    [{ codec: 'dag-pb', hash: 'blake3', cidVersion: 0 as const }, 'always dag-pb with sha2-256']
  ])('%o is refused', (options, message) => expect(() => blockCid(hashers, HELLO, options)).toThrow(message))
})
