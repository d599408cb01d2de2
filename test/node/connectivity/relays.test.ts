import { circuitRelayServer, type CircuitRelayService } from '@libp2p/circuit-relay-v2'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createPeer, type Peer } from '../../../src/node/peer.ts'
import type { PeerInit } from '../../../src/node/peer-init.ts'
import { eventually } from '../../support/eventually.ts'

async function peer(init: PeerInit): Promise<Peer> {
  const made = await createPeer(init)
  onTestFinished(() => made.stop())
  return made
}

async function relay(): Promise<Peer<{ relay: CircuitRelayService }>> {
  const made = await createPeer({ services: { relay: circuitRelayServer() } })
  onTestFinished(() => made.stop())
  return made
}

const relayed = ({ libp2p }: Peer): string | undefined =>
  libp2p
    .getMultiaddrs()
    .map(String)
    .find((address) => address.includes('/p2p-circuit'))

/** Alice, who can be reached through a relay alone, and Bob, who is connected to her through it. */
async function meetThroughRelay(init: PeerInit = {}): Promise<{ alice: Peer; bob: Peer }> {
  const hop = await relay()
  const StaticRelays = hop.libp2p.getMultiaddrs().map(String)
  const network = { Swarm: { RelayClient: { Enabled: true, StaticRelays } } }
  const alice = await peer({ ...init, config: network, listen: [] })
  await eventually(() => relayed(alice) !== undefined, 'a relay keeps a place for alice')
  const bob = await peer({ ...init, config: { Swarm: { Transports: { Network: { Relay: true } } } } })
  expect(await bob.service.swarmConnect(relayed(alice) ?? '')).toEqual({ peer: alice.libp2p.peerId.toString() })
  expect(bob.libp2p.getConnections(alice.libp2p.peerId)[0]?.limits).toBeDefined()
  return { alice, bob }
}

describe('a peer behind a relay', () => {
  it('is reached through it, and trades only once there is a direct connection', async () => {
    const { alice, bob } = await meetThroughRelay()
    const { cid } = await alice.service.blockPut(Buffer.from('not for relays'))
    const name = alice.libp2p.peerId.toString()
    const impatient = { signal: AbortSignal.timeout(500) }
    await expect(bob.service.blockGet(cid, impatient)).rejects.toMatchObject({ name: 'TimeoutError' })
    expect(bob.bitswap.stat().partners.map(String)).not.toContain(name)
    // As hole punching would: a direct connection beside the relayed one.
    await alice.libp2p.dial(bob.libp2p.getMultiaddrs(), { force: true })
    await eventually(() => bob.bitswap.stat().partners.map(String).includes(name), 'they are partners')
    const bytes = await bob.service.blockGet(cid, { signal: AbortSignal.timeout(10_000) })
    expect(Buffer.from(bytes).toString()).toBe('not for relays')
  }, 30_000)

  it('trades through it when it may', async () => {
    const { alice, bob } = await meetThroughRelay({ network: { limitedConnections: true } })
    const { cid } = await alice.service.blockPut(Buffer.from('through a relay'))
    const bytes = await bob.service.blockGet(cid, { signal: AbortSignal.timeout(10_000) })
    expect(Buffer.from(bytes).toString()).toBe('through a relay')
  }, 30_000)

  it('uses no other relays than those it was told of', async () => {
    const [hop, stranger] = [await relay(), await relay()]
    const StaticRelays = hop.libp2p.getMultiaddrs().map(String)
    const alice = await peer({ config: { Swarm: { RelayClient: { Enabled: true, StaticRelays } } }, listen: [] })
    await alice.service.swarmConnect(stranger.libp2p.getMultiaddrs()[0]?.toString() ?? '')
    await eventually(() => relayed(alice) !== undefined, 'a relay keeps a place for alice')
    expect(relayed(alice)).toContain(hop.libp2p.peerId.toString())
    expect(stranger.libp2p.services.relay.reservations.size).toBe(0)
  }, 30_000)
})

it('the helpers with public reachability start and stop with the peer that asks for them', async () => {
  const config = {
    AutoNAT: { ServiceMode: 'enabled' },
    Swarm: { RelayClient: { Enabled: true }, EnableHolePunching: true }
  }
  const alice = await peer({ config })
  expect(alice.libp2p.services).toMatchObject({
    autoNat: expect.anything() as unknown,
    dcutr: expect.anything() as unknown
  })
  expect(alice.libp2p.getProtocols()).toEqual(
    expect.arrayContaining(['/libp2p/autonat/1.0.0', '/libp2p/dcutr', '/libp2p/circuit/relay/0.2.0/stop'])
  )
  const plain = await peer({})
  expect(Object.keys(plain.libp2p.services).sort()).toEqual(['bandwidth', 'filters', 'identify', 'ping'])
})
