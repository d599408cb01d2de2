import type { ConnectionGater, MultiaddrConnection } from '@libp2p/interface'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import { inboundGate, sourceOf } from '../../../src/node/libp2p/inbound-gate.ts'

const LIMITS = { maxPending: 4, maxPendingPerAddress: 2, maxPerPeer: 2 }
const PEER = peerIdFromPrivateKey(await generateKeyPair('Ed25519'))
const OTHER = peerIdFromPrivateKey(await generateKeyPair('Ed25519'))

class TestConnection extends EventTarget {
  readonly remoteAddr
  status = 'open'

  constructor(ip: string) {
    super()
    this.remoteAddr = multiaddr(`/ip4/${ip}/tcp/1`)
  }

  abort(): void {
    this.status = 'aborted'
    this.dispatchEvent(new Event('close'))
  }

  /** As libp2p has it; the gate uses no more of it than is here. */
  get asConnection(): MultiaddrConnection {
    return this as unknown as MultiaddrConnection
  }
}

async function arrive(gate: ConnectionGater, ...ips: string[]): Promise<TestConnection[]> {
  const connections = ips.map((ip) => new TestConnection(ip))
  for (const connection of connections) {
    expect(await gate.denyInboundConnection?.(connection.asConnection)).toBe(false)
  }
  return connections
}

function states(connections: readonly TestConnection[]): string[] {
  return connections.map(({ status }) => status)
}

describe('inboundGate', () => {
  it('gives the place of the oldest of an address to its newest', async () => {
    const gate = inboundGate({}, LIMITS)
    const connections = await arrive(gate, '1.1.1.1', '2.2.2.2', '1.1.1.1', '1.1.1.1')
    expect(states(connections)).toEqual(['aborted', 'open', 'open', 'open'])
  })

  it('gives the place of the oldest of the busiest address to a newcomer when all are taken', async () => {
    const gate = inboundGate({}, LIMITS)
    const connections = await arrive(gate, '1.1.1.1', '2.2.2.2', '3.3.3.3', '2.2.2.2', '4.4.4.4', '5.5.5.5')
    expect(states(connections)).toEqual(['aborted', 'aborted', 'open', 'open', 'open', 'open'])
  })

  it('counts nobody any more who showed who he is, or left', async () => {
    const gate = inboundGate({}, LIMITS)
    const [known, left] = await arrive(gate, '1.1.1.1', '1.1.1.1')
    await gate.denyInboundUpgradedConnection?.(PEER, known?.asConnection ?? new TestConnection('').asConnection)
    left?.abort()
    expect(states(await arrive(gate, '1.1.1.1', '1.1.1.1'))).toEqual(['open', 'open'])
    expect(known?.status).toBe('open')
  })

  it('refuses more connections of one peer than it needs, until one of them closes', async () => {
    const gate = inboundGate({}, LIMITS)
    const deny = async (connection: TestConnection, peer = PEER): Promise<unknown> =>
      await gate.denyInboundUpgradedConnection?.(peer, connection.asConnection)
    const first = new TestConnection('1.1.1.1')
    expect([await deny(first), await deny(new TestConnection('1.1.1.1'))]).toEqual([false, false])
    expect(await deny(new TestConnection('1.1.1.1'))).toBe(true)
    expect(await deny(new TestConnection('1.1.1.1'), OTHER)).toBe(false)
    first.abort()
    expect(await deny(new TestConnection('1.1.1.1'))).toBe(false)
  })

  it('asks the other rules first', async () => {
    const gate = inboundGate({ denyInboundConnection: () => true, denyDialPeer: () => true }, LIMITS)
    expect(await gate.denyInboundConnection?.(new TestConnection('1.1.1.1').asConnection)).toBe(true)
    expect(await gate.denyDialPeer?.(PEER)).toBe(true)
  })
})

it.each([
  ['/ip4/1.2.3.4/tcp/1', '1.2.3.4'],
  ['/ip6/2001:db8:0:1::5/tcp/1', '2001:db8:0:1::/64'],
  ['/ip6/2001:db8::1:0:0:5/tcp/1', '2001:db8:0:0::/64'],
  ['/ip6/::1/tcp/1', '0:0:0:0::/64'],
  ['/dns4/example.org/tcp/1', '/dns4/example.org/tcp/1']
])('%s comes from %s', (address, source) => {
  expect(sourceOf(multiaddr(address))).toBe(source)
})
