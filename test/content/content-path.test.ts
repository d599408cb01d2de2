import { base16 } from 'multiformats/bases/base16'
import { base32upper } from 'multiformats/bases/base32'
import { base36 } from 'multiformats/bases/base36'
import { base58btc } from 'multiformats/bases/base58'
import { base64url } from 'multiformats/bases/base64'
import { CID as CIDs } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { parseBlockPath, parseContentPath } from '../../src/content/content-path.ts'

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

  it('may have its CID in any base that is in use', () => {
    const cid = CIDs.parse(CID)
    for (const base of [base16, base32upper, base36, base58btc, base64url]) {
      expect(parseContentPath(`/ipfs/${cid.toString(base.encoder)}/a`)).toEqual({ cid, names: ['a'] })
    }
    expect(() => parseContentPath(`f${'0'.repeat(1_000)}`)).toThrow('invalid path')
  })

  it.each(['', '/', 'bafy', '/ipfs/', '/ipns/example.com', `${CID}x`])('"%s" is none', (text) => {
    expect(() => parseContentPath(text)).toThrow(/invalid path .* expected a CID, or \/ipfs\/<cid>/u)
  })

  it.each([
    ['', 'there is no CID in it'],
    ['/ipns/example.com', 'names of IPNS are not looked up here'],
    ['notacid', '"notacid" is not a CID, which begins with'],
    [`${CID}x/a`, `"${CID}x" looks like a CID, and has characters too few, too many or mistyped`],
    [V0.slice(0, -1), `"${V0.slice(0, -1)}" looks like a CID`]
  ])('"%s" is none, in plain words', (text, words) => {
    expect(() => parseContentPath(text)).toThrow(`invalid path "${text}": ${words}`)
  })

  it('of a block has nothing behind the CID', () => {
    expect(parseBlockPath(`/ipfs/${CID}`).toString()).toBe(CID)
    expect(() => parseBlockPath(`${CID}/a`)).toThrow('give the CID of one block')
  })
})
