import { peerIdFromString } from '@libp2p/peer-id'
import { base36 } from 'multiformats/bases/base36'
import { base58btc } from 'multiformats/bases/base58'
import { describe, expect, it } from 'vitest'
import { cidKey, multihashKey, rememberKey, toPeerId } from '../src/ids.ts'
import { AccessRules } from '../src/policy/access-rules.ts'
import { cid } from './support/names.ts'
import { blocks, Swarm } from './support/swarm.ts'

const IDS = ['12D3KooWAzYm3PVYXWowBTmWhmZ27CBywBA6KNHRXDnuPKpssC6z', 'QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC']

/** All the forms in which users write an id. */
function formsOf(id: string): string[] {
  const cid = peerIdFromString(id).toCID()
  return [id, cid.toString(), cid.toString(base36), cid.toString(base58btc)]
}

describe('a peer id', () => {
  it.each(IDS)('%s is one, whatever its form', (id) => {
    for (const form of [...formsOf(id), peerIdFromString(id)]) expect(toPeerId(form)).toBe(id)
  })

  it.each(['bob', 'k51'.padEnd(62, '!'), 'b'.repeat(50), blocks(1)[0]?.cid.toString() ?? ''])(
    '%s is let be: it names no peer',
    (text) => {
      expect(toPeerId(text)).toBe(text)
    }
  )

  it.each(IDS)('%s is denied, banned and looked up in each form', async (id) => {
    const { bitswap } = await new Swarm().add('alice')
    const rules = new AccessRules({ changed: () => undefined, failed: () => undefined })
    for (const form of formsOf(id)) {
      rules.deny({ peer: form })
      expect(rules.rules()).toEqual([{ effect: 'deny', peer: id }])
      expect(rules.admits(toPeerId(id))).toBe(false)
      expect([rules.remove({ peer: form }), rules.admits(form)]).toEqual([true, true])
      bitswap.trust.ban(form)
      expect(bitswap.trust.of(id)?.banned).toBeDefined()
      expect([bitswap.trust.unban(form), bitswap.admits(toPeerId(id))]).toEqual([true, true])
    }
  })
})

describe('the key of a CID', () => {
  it('is that of its multihash, whichever CID was asked for before', () => {
    const cids = ['a', 'b', 'a', 'a', 'b'].map(cid)
    expect(cids.map(cidKey)).toEqual(cids.map(({ multihash }) => multihashKey(multihash.bytes)))
  })

  it('is remembered for that CID alone', () => {
    const [a, again, b] = [cid('a'), cid('a'), cid('b')]
    const key = cidKey(a)
    rememberKey(again, key)
    expect([cidKey(again), cidKey(b) === key, cidKey(a)]).toEqual([key, false, key])
  })
})
