import { describe, expect, it } from 'vitest'
import { parseBlockPath, parseContentPath } from '../../src/node/content-path.ts'

const CID = 'bafkreiey5jxe6ilpf62lnh77tm5ejbbmhbugzjuf6p2v3remlu73ced34q'
const V0 = 'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG'

describe('a path', () => {
  it.each([
    [CID, CID, []],
    [V0, V0, []],
    [`/ipfs/${CID}/`, CID, []],
    [`/ipfs/${CID}/a/b c`, CID, ['a', 'b c']],
    [`ipfs://${CID}/a`, CID, ['a']],
    [`${CID}//a`, CID, ['a']]
  ])('%s', (text, cid, names) => {
    const parsed = parseContentPath(text)
    expect([parsed.cid.toString(), parsed.names]).toEqual([cid, names])
  })

  it.each(['', '/', 'bafy', '/ipfs/', '/ipns/example.com', `${CID}x`])('"%s" is none', (text) => {
    expect(() => parseContentPath(text)).toThrow(/invalid path .* expected a CID, or \/ipfs\/<cid>/u)
  })

  it('of a block has nothing behind the CID', () => {
    expect(parseBlockPath(`/ipfs/${CID}`).toString()).toBe(CID)
    expect(() => parseBlockPath(`${CID}/a`)).toThrow('give the CID of one block')
  })
})
