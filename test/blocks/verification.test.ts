/** A peer that sends bad blocks beside one that does not: what becomes of each, through a whole exchange. */
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { describe, expect, it } from 'vitest'
import { createHashers } from '../../src/hashing/hashers.ts'
import { cidKey, multihashKey } from '../../src/ids.ts'
import { noFaults, type MessageFaults } from '../../src/message/message-faults.ts'
import { Puppet, wantOf } from '../behaviours/puppet.ts'
import { RawWire } from '../support/raw-wire.ts'
import { blocks, Swarm, type SwarmPeer } from '../support/swarm.ts'
import { bytes } from '../support/wire-samples.ts'
import { VECTORS, type Vector, type Verdict } from './verification-vectors.ts'

const hashers = await createHashers()

/** How a verdict is counted; what is left out is 0. */
interface Counted {
  /** While the message was read. */
  readonly read?: Partial<MessageFaults>
  /** Blocks that were left then, and what was found out about them. */
  readonly seen?: number
  readonly refused?: number
  readonly unwanted?: number
  /** Held against the sender. */
  readonly mismatches?: number
}

const COUNTED: Readonly<Record<Verdict, Counted>> = {
  taken: { seen: 1 },
  unreadable: { read: { malformedItems: 1 } },
  'bad-prefix': { read: { badPrefixes: 1 } },
  oversized: { read: { oversizedBlocks: 1 } },
  refused: { seen: 1, refused: 1, mismatches: 1 },
  'other-kind': { seen: 1, unwanted: 1 },
  forged: { seen: 1, unwanted: 1, mismatches: 1 }
}

/** Everything that is said has arrived by then, and nobody has been given up on. */
const A_WHILE_MS = 300

interface Scene {
  readonly swarm: Swarm
  readonly wire: RawWire
  readonly bob: SwarmPeer
  /** Waits at bob for the block, and for whatever the bad bytes are. */
  readonly carol: Puppet
}

/** Bob wants the block of the vector and asks a peer that answers with its message. */
async function scene(vector: Vector): Promise<Scene> {
  const wire = new RawWire()
  const swarm = new Swarm({ wire: wire.carry })
  const bob = await swarm.add('bob')
  let answered = false
  const sender = await Puppet.join(swarm, 'sender', {
    on: ({ wants }, { port }) => {
      if (answered || !wants.some(({ key, type }) => type === 'block' && key === cidKey(vector.want))) return
      answered = true
      void port.send(bob.id, wire.message(vector.message)).then(() => bob.bitswap.faulted(sender.id, wire.faultCount))
    }
  })
  const carol = await Puppet.join(swarm, 'carol')
  for (const { port } of [sender, carol]) await swarm.clock.until(port.connect({ peer: bob.id, addresses: [] }))
  carol.says(bob, { wants: namesOf(vector).map((cid) => wantOf({ cid, bytes: vector.block })) })
  await swarm.clock.advance(A_WHILE_MS)
  return { swarm, wire, bob, carol }
}

/** The wanted block, and names under which the bytes of the message could be asked for. */
function namesOf({ want, also, data }: Vector): CID[] {
  const functions = data.byteLength > 1_024 ? [0x12] : [0x12, 0x13, 0x16, 0x1e]
  const forged = functions.map((code) => CID.createV1(0x55, Digest.create(code, hashers.digest(code, data))))
  const other = forged.filter(({ multihash }) => cidKey(want) !== multihashKey(multihash.bytes))
  return [want, ...(also === undefined ? [] : [also]), ...other]
}

function counted({ bob, wire }: Scene) {
  const { faults, blocksReceived, unwantedBlocksReceived, dupBlocksReceived } = bob.bitswap.stat()
  const trust = bob.bitswap.trust.of('sender')
  return {
    read: wire.faults,
    refused: faults - wire.faultCount,
    seen: blocksReceived,
    unwanted: unwantedBlocksReceived,
    duplicates: dupBlocksReceived,
    mismatches: Math.round(trust?.mismatches ?? 0),
    strikes: trust?.strikes ?? 0
  }
}

function stored({ store }: SwarmPeer): string[] {
  return Array.from(store.getAll(), ({ cid }) => cidKey(cid))
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

/** Another peer has the block, and nothing is amiss with it. */
async function honestPeer({ swarm, bob }: Scene, { want, block }: Vector): Promise<void> {
  const honest = await swarm.add('honest')
  await honest.bitswap.put(want, block)
  await swarm.connect(bob, honest)
}

describe('a peer that sends', () => {
  it.each(VECTORS)('$verdict: $name', async (vector) => {
    const made = await scene(vector)
    const { swarm, bob, carol } = made
    const { want, also, block, verdict } = vector
    const session = bob.bitswap.createSession({ providers: ['sender'] })
    const handedOut: string[] = []
    const get = async (cid: CID): Promise<void> => {
      const got = await session.get(cid)
      handedOut.push(cid === want && isSame(got, block) ? 'the block' : 'something else')
    }
    const fetched = get(want)
    if (also !== undefined) get(also).catch(() => undefined)
    await swarm.clock.advance(A_WHILE_MS)

    const { read, refused = 0, seen = 0, unwanted = 0, mismatches = 0 } = COUNTED[verdict]
    const expected = { refused, seen, unwanted, duplicates: 0, mismatches, strikes: mismatches }
    expect(counted(made)).toEqual({ ...expected, read: { ...noFaults(), ...read } })
    const earned = (peer: string): number => bob.bitswap.ledger(peer)?.bytesReceived ?? 0
    if (verdict === 'taken') {
      expect(earned('sender')).toBe(block.byteLength)
    } else {
      expect([handedOut, stored(bob), carol.blocks, earned('sender')]).toEqual([[], [], [], 0])
      await honestPeer(made, vector)
      await swarm.clock.until(fetched, 30_000)
      expect([earned('honest'), bob.bitswap.trust.of('honest')?.strikes ?? 0]).toEqual([block.byteLength, 0])
    }
    await swarm.clock.advance(A_WHILE_MS)
    expect([handedOut, stored(bob)]).toEqual([['the block'], [cidKey(want)]])
    expect(carol.blocks.map(({ bytes }) => isSame(bytes, block))).toEqual([true])
    session.close()
  })
})

describe('a liar', () => {
  it('is cut off within a second of its third bad block, of whatever kind, and others go on', async () => {
    const swarm = new Swarm({ link: { latencyMs: 100 } })
    const bob = await swarm.add('bob')
    const honest = await swarm.add('honest')
    const some = blocks(20, 2_048)
    await honest.has(some)
    const lies = ['01551220', '01550020', '01551113'].map((prefix) => bytes(prefix))
    let isThere: boolean | undefined
    const liar = await Puppet.join(swarm, 'liar', {
      on: ({ wants }, puppet) => {
        const prefix = wants.some(({ type }) => type === 'block') ? lies.shift() : undefined
        if (prefix === undefined) return
        puppet.says(bob, { blocks: [{ prefix, bytes: Uint8Array.of(6, 6, 6) }] })
        if (lies.length > 0) return
        swarm.clock.setTimer(1_000, () => (isThere = swarm.hub.isConnected(bob.id, liar.id)))
      }
    })
    await swarm.clock.until(liar.port.connect({ peer: bob.id, addresses: [] }))
    await swarm.connect(bob, honest)
    for (const { cid } of some) {
      await swarm.clock.until(bob.bitswap.get(cid, { providers: [liar.id] }), 30_000)
    }
    expect([lies, isThere]).toEqual([[], false])
    expect(bob.bitswap.trust.of(liar.id)?.banned?.reason).toContain('not what they should be')
    expect(bob.bitswap.trust.of(honest.id)).toMatchObject({ strikes: 0, banned: undefined })
    expect(bob.bitswap.ledger(liar.id)?.bytesReceived ?? 0).toBe(0)
    expect(bob.bitswap.ledger(honest.id)?.bytesReceived).toBe(honest.bitswap.ledger(bob.id)?.bytesSent)
  })
})
