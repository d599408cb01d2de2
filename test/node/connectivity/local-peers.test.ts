import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PeerDiscovery, PeerInfo } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { expect, it, onTestFinished } from 'vitest'
import { localPeers, MAX_LOCAL_DIALS } from '../../../src/node/connectivity/local-peers.ts'
import { libp2pDefaults } from '../../../src/node/libp2p/libp2p-defaults.ts'

/** A discovery that finds whom the test says, instead of asking the network of whoever runs it. */
class Announcements extends EventTarget {
  find(id: PeerInfo['id'], addresses: readonly string[]): void {
    const detail = { id, multiaddrs: addresses.map((one) => multiaddr(one)) }
    this.dispatchEvent(new CustomEvent('peer', { detail }))
  }

  /** As libp2p knows it. */
  get discovery(): PeerDiscovery {
    return this as unknown as PeerDiscovery
  }
}

it('a peer that is found on the local network is connected to, once', async () => {
  const announcements = new Announcements()
  const listen = ['/ip4/127.0.0.1/tcp/0']
  const alice = await createLibp2p(libp2pDefaults({ listen }))
  const bob = await createLibp2p({ ...libp2pDefaults(), peerDiscovery: [localPeers(() => announcements.discovery)] })
  onTestFinished(() => alice.stop())
  onTestFinished(() => bob.stop())
  const full = alice.getMultiaddrs().map(String)
  announcements.find(alice.peerId, full)
  await expect.poll(() => bob.getPeers().map(String)).toEqual([alice.peerId.toString()])
  announcements.find(
    alice.peerId,
    full.map((address) => address.replace(/\/p2p\/.*/u, ''))
  )
  announcements.find(alice.peerId, [])
  expect(bob.getConnections()).toHaveLength(1)
})

it('a flood of announcements leads to few dials at a time', async () => {
  const announcements = new Announcements()
  const dials: string[] = []
  const gate = Promise.withResolvers<undefined>()
  const { logger } = await createLibp2p({ ...libp2pDefaults(), start: false })
  const unused = {} as Parameters<ReturnType<typeof localPeers>>[0]
  localPeers(() => announcements.discovery)({
    ...unused,
    logger,
    connectionManager: {
      getConnections: () => [],
      openConnection: async (addresses) => {
        dials.push(addresses.map(String).join())
        await gate.promise
        throw new Error('nobody is there')
      }
    }
  })
  const id = peerIdFromPrivateKey(await generateKeyPair('Ed25519'))
  for (let port = 1; port <= 1_000; port++) announcements.find(id, [`/ip4/192.0.2.1/tcp/${port}`])
  expect(dials).toHaveLength(MAX_LOCAL_DIALS)
  expect(dials[0]).toBe(`/ip4/192.0.2.1/tcp/1/p2p/${id.toString()}`)
  gate.resolve(undefined)
  await new Promise((resolve) => setImmediate(resolve))
  announcements.find(id, ['/ip4/192.0.2.1/tcp/4001'])
  expect(dials).toHaveLength(MAX_LOCAL_DIALS + 1)
})
