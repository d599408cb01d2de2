import type { IdentifyResult, Libp2p, PeerId } from '@libp2p/interface'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { describe, expect, it } from 'vitest'
import { PeerNotes, plainText } from '../../../src/node/insight/peer-notes.ts'
import { eventually } from '../../support/eventually.ts'

type Node = Pick<Libp2p, 'addEventListener' | 'removeEventListener' | 'getPeers' | 'peerStore'>

/** As much of a node as notes are taken of. */
class FakeNode extends EventTarget {
  peers: PeerId[] = []
  /** What the peer store says; waits for `open`. */
  agents = new Map<string, string>()
  readonly open = Promise.withResolvers<undefined>()

  readonly peerStore = {
    get: async (peer: PeerId) => {
      await this.open.promise
      const agent = this.agents.get(peer.toString())
      if (agent === undefined) throw new Error('not known')
      return { metadata: new Map([['AgentVersion', Buffer.from(agent)]]), protocols: ['/ipfs/bitswap/1.1.0'] }
    }
  }

  getPeers(): PeerId[] {
    return this.peers
  }

  identified(peerId: PeerId, agentVersion: string, protocols: readonly string[] = []): void {
    const detail = { peerId, agentVersion, protocols } as unknown as IdentifyResult
    this.dispatchEvent(new CustomEvent('peer:identify', { detail }))
  }

  left(peer: PeerId): void {
    this.peers = this.peers.filter((one) => one !== peer)
    this.dispatchEvent(new CustomEvent('peer:disconnect', { detail: peer }))
  }
}

async function peerId(): Promise<PeerId> {
  return peerIdFromPrivateKey(await generateKeyPair('Ed25519'))
}

function notesOf(node: FakeNode): PeerNotes {
  return new PeerNotes(node as unknown as Node)
}

describe('what peers say of themselves', () => {
  it('is kept for as long as they are connected, in one line, cut, with the newest bitswap they speak', async () => {
    const [node, alice] = [new FakeNode(), await peerId()]
    const notes = notesOf(node)
    notes.start()
    node.identified(alice, `evil\u202e\n${'x'.repeat(500)}`, ['/ipfs/bitswap/1.1.0', '/ipfs/bitswap/1.2.0'])
    const note = notes.of(alice.toString())
    expect(note).toEqual({ agent: `evil  ${'x'.repeat(122)}`, protocol: '/ipfs/bitswap/1.2.0' })
    node.identified(alice, '')
    expect(notes.of(alice.toString())).toEqual({ agent: undefined, protocol: undefined })
    node.left(alice)
    expect(notes.of(alice.toString())).toBeUndefined()
  })

  it('is kept of connected peers alone, however many come and go', async () => {
    const [node, id] = [new FakeNode(), await peerId()]
    const notes = notesOf(node)
    notes.start()
    const names = Array.from({ length: 2_000 }, (_, index) => `peer ${index}`)
    const named = (name: string): PeerId => ({ ...id, toString: () => name })
    for (const name of names) {
      node.identified(named(name), 'agent')
      node.left(named(name))
    }
    expect(names.filter((name) => notes.of(name) !== undefined)).toEqual([])
  })

  it('is looked up of those who were there before, but for one that left meanwhile, or has spoken since', async () => {
    const node = new FakeNode()
    const [known, gone, spoke, unknown] = [await peerId(), await peerId(), await peerId(), await peerId()]
    node.peers = [known, gone, spoke, unknown]
    for (const peer of [known, gone, spoke]) node.agents.set(peer.toString(), 'from the file')
    const notes = notesOf(node)
    notes.start()
    node.left(gone)
    node.identified(spoke, 'from its mouth')
    node.open.resolve(undefined)
    await eventually(() => notes.of(known.toString()) !== undefined, 'it was looked up')
    expect(notes.of(known.toString())).toEqual({ agent: 'from the file', protocol: '/ipfs/bitswap/1.1.0' })
    expect(notes.of(spoke.toString())?.agent).toBe('from its mouth')
    expect([notes.of(gone.toString()), notes.of(unknown.toString())]).toEqual([undefined, undefined])
  })

  it('is not listened to any more once it is stopped', async () => {
    const [node, alice] = [new FakeNode(), await peerId()]
    const notes = notesOf(node)
    notes.start()
    node.identified(alice, 'agent')
    notes.stop()
    expect(notes.of(alice.toString())).toBeUndefined()
    node.identified(alice, 'agent')
    expect(notes.of(alice.toString())).toBeUndefined()
  })

  it('has no character that ends a line, or turns it', () => {
    expect(plainText('a\u0000b\u200fc\u2028d', 10)).toBe('a b c d')
  })
})
