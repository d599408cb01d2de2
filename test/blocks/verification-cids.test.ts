/** CIDs of all kinds, asked for here and asked of us: only what can be verified is asked for, and only blocks are served. */
import { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { createHashers } from '../../src/hashing/hashers.ts'
import { noFaults, type MessageFaults } from '../../src/message/message-faults.ts'
import { Puppet } from '../behaviours/puppet.ts'
import { field } from '../limits/support/wire.ts'
import { RawWire } from '../support/raw-wire.ts'
import { Swarm } from '../support/swarm.ts'
import { bytes, hex } from '../support/wire-samples.ts'

const hashers = await createHashers()
const TEXT = new TextEncoder().encode('a block')
const DIGEST = hex(hashers.digest(0x12, TEXT))
const HERE = CID.decode(bytes(`01551220${DIGEST}`))

/** What a call of ours comes to: asked of peers, answered from the CID itself, or an error at once. */
type Ours = 'asked' | 'own' | 'refused'
/** What a peer hears that asks for it: the block, "dont-have", or nothing, for it is no question. */
type Theirs = 'block' | 'dont-have' | keyof MessageFaults

function nothing(length: number): string {
  return '00'.repeat(length)
}

/** The CID as hexadecimal digits; `Ours` is left out of what is no CID at all. */
const TABLE: readonly [name: string, cid: string, theirs: Theirs, ours?: Ours][] = [
  ['version 1', `01551220${DIGEST}`, 'block', 'own'],
  ['version 0', `1220${DIGEST}`, 'block', 'own'],
  ['another codec', `01711220${DIGEST}`, 'block', 'own'],
  ['its digest cut to 20 bytes', `01551214${DIGEST.slice(0, 40)}`, 'dont-have', 'asked'],
  ['its digest cut to 19 bytes', `01551213${DIGEST.slice(0, 38)}`, 'dont-have', 'refused'],
  ['its digest cut to nothing', '01551200', 'dont-have', 'refused'],
  ['its digest and a byte more', `01551221${DIGEST}00`, 'dont-have', 'refused'],
  ['its digest under another function', `01551620${DIGEST}`, 'dont-have', 'asked'],
  ['sha2-512 of 64 bytes', `01551340${nothing(64)}`, 'dont-have', 'asked'],
  ['sha2-512 of 128 bytes', `0155138001${nothing(128)}`, 'dont-have', 'refused'],
  ['sha2-512 of 129 bytes', `0155138101${nothing(129)}`, 'dont-have', 'refused'],
  ['sha1', `01551114${nothing(20)}`, 'dont-have', 'refused'],
  ['md5', `0155d50110${nothing(16)}`, 'dont-have', 'refused'],
  ['murmur3', `01552220${nothing(32)}`, 'dont-have', 'refused'],
  ['a CID of 168 bytes', `015512a301${nothing(163)}`, 'dont-have', 'refused'],
  ['a CID of 169 bytes', `015512a401${nothing(164)}`, 'oversizedCids', 'refused'],
  ['identity of the bytes', `01550007${hex(TEXT)}`, 'identityCids', 'own'],
  ['identity of the digest', `01550020${DIGEST}`, 'identityCids', 'own'],
  ['identity of nothing', '01550000', 'identityCids', 'own'],
  ['identity of 128 bytes', `0155008001${nothing(128)}`, 'identityCids', 'own'],
  ['identity of 129 bytes', `0155008101${nothing(129)}`, 'identityCids', 'refused'],
  ['identity of a mebibyte', `015500808040${nothing(1024 * 1024)}`, 'oversizedCids', 'refused'],
  ['nothing', '', 'malformedCids'],
  ['version 0 spelled out', `00701220${DIGEST}`, 'malformedCids'],
  ['version 0 with sha2-512', `1340${nothing(64)}`, 'malformedCids'],
  ['version 2', `02551220${DIGEST}`, 'malformedCids'],
  ['a version that is not minimal', `8100551220${DIGEST}`, 'malformedCids'],
  ['a codec that is not minimal', `01d5001220${DIGEST}`, 'malformedCids'],
  ['a hash function that is not minimal', `0155920020${DIGEST}`, 'malformedCids'],
  ['a length that is not minimal', `015512a000${DIGEST}`, 'malformedCids'],
  ['a digest that is cut off', `01551220${DIGEST.slice(2)}`, 'malformedCids'],
  ['a byte too many', `01551220${DIGEST}00`, 'malformedCids']
]

async function bobWithTheBlock() {
  const wire = new RawWire()
  const swarm = new Swarm({ wire: wire.carry })
  const bob = await swarm.add('bob')
  await bob.bitswap.put(HERE, TEXT)
  const carol = await Puppet.join(swarm, 'carol')
  await swarm.clock.until(carol.port.connect({ peer: bob.id, addresses: [] }))
  return { wire, swarm, bob, carol }
}

describe('a peer that asks for', () => {
  it.each(TABLE)('%s', async (_name, cid, theirs) => {
    const { wire, swarm, bob, carol } = await bobWithTheBlock()
    const entry = Buffer.concat([field(0x0a, bytes(cid)), Buffer.from([0x28, 1])])
    await swarm.clock.until(carol.port.send(bob.id, wire.message(field(0x0a, field(0x0a, entry)))))
    await swarm.clock.advance(1_000)
    const isQuestion = theirs === 'block' || theirs === 'dont-have'
    expect(wire.faults).toEqual(isQuestion ? noFaults() : { ...noFaults(), [theirs]: 1 })
    expect(carol.blocks.map((block) => hex(block.bytes))).toEqual(theirs === 'block' ? [hex(TEXT)] : [])
    const presences = carol.heard.flatMap((heard) => heard.presences)
    expect(presences.map(({ have }) => have)).toEqual(theirs === 'dont-have' ? [false] : [])
  })
})

describe('a call that asks for', () => {
  it.each(TABLE.filter(([, , , ours]) => ours !== undefined))('%s', async (_name, text, _theirs, ours) => {
    const { swarm, bob, carol } = await bobWithTheBlock()
    const cid = CID.decode(bytes(text))
    const started = swarm.clock.now()
    const signal = swarm.signalAfter(5_000)
    const outcome = bob.bitswap.get(cid, { signal }).then(
      (got) => (hex(got) === hex(cid.multihash.code === 0 ? cid.multihash.digest : TEXT) ? 'own' : 'wrong'),
      (error: unknown) => (error instanceof Error && error.name === 'UnsupportedHashError' ? 'refused' : 'asked')
    )
    expect(await swarm.clock.until(outcome)).toBe(ours)
    // What is not asked of anybody is not waited for either.
    expect(swarm.clock.now() - started).toBe(ours === 'asked' ? 5_000 : 0)
    await swarm.clock.advance(100)
    expect(carol.heard.flatMap(({ wants }) => wants).length > 0).toBe(ours === 'asked')
  })

  it.each(TABLE.filter(([, , theirs, ours]) => ours !== undefined && theirs !== 'block'))(
    '%s, and a caller that stores other bytes under it: refused, nothing stored',
    async (_name, text) => {
      const { swarm, bob } = await bobWithTheBlock()
      const put = bob.bitswap.put(CID.decode(bytes(text)), new TextEncoder().encode('something else'))
      await expect(swarm.clock.until(put)).rejects.toMatchObject({
        name: expect.stringMatching(/^(HashMismatch|UnsupportedHash)Error$/) as string
      })
      expect([...bob.store.getAll()].length).toBe(1)
    }
  )
})
