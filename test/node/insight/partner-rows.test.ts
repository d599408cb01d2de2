import type { Connection } from '@libp2p/interface'
import { describe, expect, it } from 'vitest'
import type { Exchange, PolicyRule } from '../../../src/exchange.ts'
import { toPeerId, type PeerId } from '../../../src/ids.ts'
import { PartnerRows, type PartnerRowParts } from '../../../src/node/insight/partner-rows.ts'

const [ALICE, BOB, CAROL] = ['alice', 'bob', 'carol'].map((name) => name as PeerId) as [PeerId, PeerId, PeerId]

interface World {
  readonly connected: readonly PeerId[]
  readonly rules?: readonly PolicyRule[]
  readonly limited?: readonly PeerId[]
  banned: readonly PeerId[]
}

function connection(peer: PeerId): Connection {
  const remoteAddr = { toString: () => `/ip4/192.0.2.7/tcp/4001/p2p/${peer}` }
  const remotePeer = { toString: () => peer }
  return { remotePeer, remoteAddr, direction: 'inbound', timeline: { open: 5 } } as unknown as Connection
}

function rowsOf(world: World): PartnerRows {
  const banOf = (peer: PeerId) => ({ reason: 'forged blocks', leftMs: world.banned.includes(peer) ? 1_234 : 0 })
  const trust = (peer: PeerId) => ({ peer, score: 0.12345, worth: 7.6, banned: banOf(peer) })
  const exchange = {
    insight: { now: () => 0, partner: () => undefined },
    ledger: (peer: PeerId) => ({ peer, bytesSent: 10, bytesReceived: 3, exchanges: 4, debtRatio: 2.512345 }),
    limits: { ofPeers: () => (world.limited ?? []).map((peer) => ({ peer, upload: 100, download: undefined })) },
    policy: { rules: () => world.rules ?? [] },
    trust: {
      of: (peer: PeerId) => (world.banned.includes(peer) ? trust(peer) : undefined),
      bannedPeers: () => world.banned
    }
  } as unknown as Exchange
  const parts: PartnerRowParts = {
    libp2p: { getConnections: () => world.connected.map(connection) },
    exchange,
    notes: { of: (peer) => (peer === ALICE ? { agent: 'barter', protocol: '/ipfs/bitswap/1.2.0' } : undefined) },
    isKept: (peer) => peer === BOB
  }
  return new PartnerRows(parts)
}

describe('the rows of partners', () => {
  it('are those who are connected, once each, then those whom a rule, a limit or a ban is about', () => {
    const rules: readonly PolicyRule[] = [
      { effect: 'deny', peer: CAROL },
      { effect: 'allow', peer: ALICE }
    ]
    const world = { connected: [ALICE, BOB, ALICE], rules, limited: [BOB], banned: [CAROL] }
    const { total, rows } = rowsOf(world).list(10)
    expect(total).toBe(3)
    expect(rows).toMatchObject([
      {
        id: ALICE,
        isConnected: true,
        connections: 2,
        agent: 'barter',
        policy: 'allowed',
        address: '/ip4/192.0.2.7/tcp/4001'
      },
      { id: BOB, isConnected: true, connections: 1, upload: 100, policy: 'default', isKept: true, score: 0.5 },
      { id: CAROL, isConnected: false, connections: 0, policy: 'denied', score: 0.123, worth: 8 }
    ])
    // Rounded, so that a row does not become another one all the time.
    expect(rows.map(({ debtRatio }) => debtRatio)).toEqual([2.51, 2.51, 2.51])
    expect(rows[2]?.banned).toEqual({ reason: 'forged blocks', until: 1_000 })
  })

  it('are so many at most, connected ones first, and all are counted', () => {
    const peers = Array.from({ length: 3_000 }, (_, index) => toPeerId(`peer${index}` as PeerId))
    const rules = peers.slice(2_000).map((peer) => ({ effect: 'deny', peer }) as const)
    const { total, rows } = rowsOf({ connected: peers.slice(0, 2_000), rules, banned: [] }).list(50)
    expect([total, rows.length, rows.every(({ isConnected }) => isConnected)]).toEqual([3_000, 50, true])
  })

  it('tell of a ban, and of its end, at once', () => {
    const world: World = { connected: [], banned: [] }
    const rows = rowsOf(world)
    const banned = () => rows.list(10).rows.map(({ id }) => id)
    expect(banned()).toEqual([])
    world.banned = [CAROL]
    expect(banned()).toEqual([CAROL])
    world.banned = []
    expect(banned()).toEqual([])
  })
})
