import { createLibp2p } from 'libp2p'
import { describe, expect, it, onTestFinished } from 'vitest'
import { toPeerId } from '../../../src/ids.ts'
import { Libp2pNetwork } from '../../../src/network/libp2p/libp2p-network.ts'
import { type BitswapComponents, partsOfComponents } from '../../../src/network/libp2p/parts.ts'
import { BITSWAP_PROTOCOLS } from '../../../src/network/libp2p/protocols.ts'
import { libp2pDefaults } from '../../../src/node/libp2p/libp2p-defaults.ts'
import { systemClock } from '../../../src/node/system-clock.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { blockMessage, fillOf, wantMessage } from './messages.ts'
import { addressesOf, startNode, startPair, startPeer, type TestPeer, Witness } from './nodes.ts'

describe('Libp2pNetwork', () => {
  it('tells both ends of a connection, and of its end', async () => {
    const [alice, bob] = await startPair()
    expect(alice.witness.seen).toEqual([
      { type: 'connected', peer: bob.id, features: { presences: true, isRemote: false } }
    ])
    expect(bob.witness.seen).toEqual([
      { type: 'connected', peer: alice.id, features: { presences: true, isRemote: false } }
    ])
    await alice.node.hangUp(bob.node.peerId)
    await alice.witness.until('disconnected')
    await bob.witness.until('disconnected')
    expect(alice.witness.seen.map(({ type }) => type)).toEqual(['connected', 'disconnected'])
    expect(alice.network.stat().peers).toBe(0)
  })

  it('alternates connected and disconnected however often a peer comes back', async () => {
    const [alice, bob] = await startPair()
    for (let round = 1; round <= 5; round++) {
      await alice.node.hangUp(bob.node.peerId)
      await alice.network.connect({ peer: bob.id, addresses: addressesOf(bob.node) })
      await alice.network.send(bob.id, await wantMessage(round))
      await bob.witness.until('received', round)
    }
    for (const { witness } of [alice, bob]) {
      const states = witness.seen.filter(({ type }) => type === 'connected' || type === 'disconnected')
      expect(states.map(({ type }) => type)).toEqual(
        Array.from({ length: 11 }, (_, i) => (i % 2 === 0 ? 'connected' : 'disconnected'))
      )
    }
  })

  it('tells of peers that were connected before it started', async () => {
    const bob = await startPeer()
    const node = await startNode()
    const identified = new Promise((resolve) => node.addEventListener('peer:identify', resolve, { once: true }))
    await node.dial(bob.node.getMultiaddrs())
    await identified
    const alice = await startPeer({ node })
    expect((await alice.witness.until('connected')).peer).toBe(bob.id)
    await alice.network.send(bob.id, await wantMessage(1))
    expect((await bob.witness.until('connected')).peer).toBe(alice.id)
  })

  it('does not tell of peers that do not speak bitswap', async () => {
    const alice = await startPeer()
    const stranger = await startNode()
    await stranger.handle('/other/1.0.0', () => undefined)
    await expect(alice.network.connect({ addresses: addressesOf(stranger) })).rejects.toMatchObject({
      name: 'SendFailedError',
      message: expect.stringContaining('it does not speak bitswap') as string
    })
    expect(alice.witness.seen).toEqual([])
  })

  it('delivers messages in the order they were sent', async () => {
    const [alice, bob] = await startPair()
    const sizes = Array.from({ length: 200 }, (_, i) => (i % 7 === 0 ? 300_000 : 10))
    await Promise.all(sizes.map((size, i) => alice.network.send(bob.id, blockMessage(size, i))))
    await bob.witness.until('received', 200)
    expect(bob.witness.all('received').map(({ message }) => fillOf(message))).toEqual(sizes.map((_, i) => i))
    expect(alice.network.stat().bytesSent).toBe(bob.network.stat().bytesReceived)
    expect(alice.network.stat().messagesSent).toBe(bob.network.stat().messagesReceived)
  })

  it('carries blocks of 2 MiB', async () => {
    const [alice, bob] = await startPair()
    const size = 2 * 1024 * 1024
    const bytes = await alice.network.send(bob.id, blockMessage(size, 9))
    expect(bytes).toBeGreaterThan(size)
    const { message, peer } = await bob.witness.until('received')
    expect(peer).toBe(alice.id)
    expect(message.blocks[0]?.bytes).toEqual(new Uint8Array(size).fill(9))
  })

  it('carries messages both ways at once on one stream each', async () => {
    const [alice, bob] = await startPair()
    const work = Array.from({ length: 20 }, (_, i) => [
      alice.network.send(bob.id, blockMessage(100_000, i)),
      bob.network.send(alice.id, blockMessage(100_000, i))
    ])
    await Promise.all(work.flat())
    await alice.witness.until('received', 20)
    await bob.witness.until('received', 20)
    const streams = alice.node.getConnections().flatMap((connection) => connection.streams)
    expect(streams.filter(({ protocol }) => protocol === BITSWAP_PROTOCOLS[0]).length).toBe(2)
  })

  it.each(['/ipfs/bitswap/1.1.0', '/ipfs/bitswap/1.0.0', '/ipfs/bitswap'])('talks %s to an older peer', async (id) => {
    const node = await startNode()
    const chunks: number[] = []
    const arrived = Promise.withResolvers<undefined>()
    await node.handle(id, (stream) => {
      stream.addEventListener('remoteCloseWrite', () => void stream.close())
      stream.addEventListener('message', ({ data }) => {
        chunks.push(...data.subarray())
        if (chunks.length > (chunks[0] ?? 0)) arrived.resolve(undefined)
      })
    })
    const alice = await startPeer()
    const peer = await alice.network.connect({ addresses: addressesOf(node) })
    expect(alice.witness.seen).toEqual([{ type: 'connected', peer, features: { presences: false, isRemote: false } }])
    await alice.network.send(peer, blockMessage(3, 5))
    await arrived.promise
    const block =
      id === '/ipfs/bitswap/1.1.0' ? [0x1a, 11, 0x0a, 4, 1, 0x55, 0x12, 32, 0x12, 3, 5, 5, 5] : [0x12, 3, 5, 5, 5]
    expect(chunks).toEqual([2 + block.length, 0x0a, 0, ...block])
  })

  it('works as a service of a libp2p that is being built', async () => {
    const witness = new Witness()
    const service = (components: BitswapComponents): Libp2pNetwork & { start(): Promise<void> } => {
      const parts = { libp2p: partsOfComponents(components), clock: systemClock, logger: new RecordingLogger() }
      const network = new Libp2pNetwork(parts)
      const start = network.start.bind(network)
      return Object.assign(network, { start: () => start(witness) })
    }
    const defaults = libp2pDefaults({ listen: ['/ip4/127.0.0.1/tcp/0'] })
    const node = await createLibp2p({ ...defaults, services: { ...defaults.services, bitswap: service } })
    onTestFinished(() => node.stop())
    const bob = await startPeer()
    await bob.network.connect({ addresses: addressesOf(node) })
    expect((await witness.until('connected')).peer).toBe(bob.id)
    await node.services.bitswap.send(bob.id, await wantMessage(1))
    await bob.witness.until('received')
  })

  it('connects by peer id, by address, and by both', async () => {
    const [alice, bob] = await startPair()
    const addresses = addressesOf(bob.node)
    for (const provider of [
      { peer: bob.id, addresses: [] },
      { addresses },
      { peer: bob.id, addresses },
      { addresses: addresses.map((address) => address.split('/p2p/')[0] ?? '') }
    ]) {
      if (provider.peer === undefined) await alice.node.hangUp(bob.node.peerId)
      expect(await alice.network.connect(provider)).toBe(bob.id)
    }
  })

  it('says why it cannot connect', async () => {
    const alice = await startPeer({ network: { connectTimeoutMs: 2_000 } })
    const gone = await startNode()
    const addresses = addressesOf(gone)
    await gone.stop()
    await expect(alice.network.connect({ addresses })).rejects.toMatchObject({ name: 'SendFailedError' })
    await expect(alice.network.connect({ addresses: addressesOf(alice.node) })).rejects.toMatchObject({
      name: 'SendFailedError'
    })
    const aborted = AbortSignal.abort(new Error('changed my mind'))
    await expect(alice.network.connect({ addresses }, { signal: aborted })).rejects.toThrow('changed my mind')
    await expect(alice.network.connect({ addresses: ['nowhere'] })).rejects.toMatchObject({
      name: 'InvalidParametersError'
    })
  })

  it('refuses to send to a peer that is not connected', async () => {
    const alice = await startPeer()
    const stranger = toPeerId((await startNode()).peerId)
    await expect(alice.network.send(stranger, await wantMessage(1))).rejects.toMatchObject({ name: 'SendFailedError' })
  })

  it('leaves no stream and no handler behind when it stops, and can start again', async () => {
    const [alice, bob] = await startPair()
    await alice.network.send(bob.id, await wantMessage(1))
    await bob.network.send(alice.id, await wantMessage(1))
    await alice.witness.until('received')
    await alice.network.stop()
    await alice.network.stop()
    const open = alice.node.getConnections().flatMap(({ streams }) => streams)
    expect(open.filter(({ protocol }) => BITSWAP_PROTOCOLS.includes(protocol))).toEqual([])
    expect(alice.node.getProtocols().filter((protocol) => BITSWAP_PROTOCOLS.includes(protocol))).toEqual([])
    await expect(alice.network.send(bob.id, await wantMessage(2))).rejects.toMatchObject({ name: 'NotStartedError' })
    const again = new Witness()
    await alice.network.start(again)
    expect((await again.until('connected')).peer).toBe(bob.id)
    await alice.network.send(bob.id, await wantMessage(3))
    await bob.witness.until('received', 2)
  })

  it('knows the round-trip time when libp2p does', async () => {
    const [alice, bob] = await startPair()
    const [connection] = alice.node.getConnections(bob.node.peerId)
    if (connection !== undefined) connection.rtt = 12
    expect(alice.network.latencyMs(bob.id)).toBe(12)
    expect(alice.network.latencyMs(alice.id)).toBeUndefined()
  })

  it.each([
    { worth: 0, value: 1 },
    { worth: 1, value: 2 },
    { worth: 50, value: 21 },
    { worth: 100, value: 40 }
  ])('tags a partner that is worth $worth of 100 with $value, so that libp2p keeps it', async ({ worth, value }) => {
    const [alice, bob] = await startPair()
    alice.witness.worths.set(bob.id, worth)
    await alice.network.send(bob.id, await wantMessage(1))
    await bob.witness.until('received')
    expect(await tagOf(alice, bob)).toBe(value)
  })

  it('says at once that a partner became worth more, and that one that is back is worth something', async () => {
    const [alice, bob] = await startPair()
    await alice.network.send(bob.id, await wantMessage(1))
    // What it sends is what it is valued for.
    alice.witness.onReceived = () => Promise.resolve(void alice.witness.worths.set(bob.id, 10))
    await bob.network.send(alice.id, blockMessage(10, 1))
    await expect.poll(() => tagOf(alice, bob)).toBe(5)
    await alice.network.stop()
    await alice.node.peerStore.merge(bob.node.peerId, { tags: { bitswap: undefined } })
    await alice.network.start(alice.witness)
    await expect.poll(() => tagOf(alice, bob)).toBe(5)
  })

  it.each([
    ['rejects', () => Promise.reject(new Error('full'))],
    [
      'throws',
      () => {
        throw new Error('full')
      }
    ]
  ])(
    'goes on when whoever deals with a message %s: it is said, and the sender is not to blame',
    async (_, onReceived) => {
      const [alice, bob] = await startPair()
      bob.witness.onReceived = onReceived
      for (let i = 1; i <= 2; i++) {
        await alice.network.send(bob.id, await wantMessage(i))
        await expect.poll(() => bob.logger.messages('error').length).toBe(i)
      }
      expect(bob.network.stat().streamFaults).toBe(0)
      for (const type of ['struck', 'faulted'] as const) expect(bob.witness.all(type)).toEqual([])
    }
  )
})

async function tagOf(owner: TestPeer, of: TestPeer): Promise<number | undefined> {
  return (await owner.node.peerStore.get(of.node.peerId)).tags.get('bitswap')?.value
}
