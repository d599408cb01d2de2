import { createLibp2p } from 'libp2p'
import { describe, it } from 'vitest'
import { toPeerId } from '../../../src/ids.ts'
import { Libp2pNetwork } from '../../../src/network/libp2p/libp2p-network.ts'
import { partsOfNode } from '../../../src/network/libp2p/parts.ts'
import { libp2pDefaults } from '../../../src/node/libp2p/libp2p-defaults.ts'
import { systemClock } from '../../../src/node/system-clock.ts'
import { networkCases, type NetworkWorld } from '../../../src/testing/network-suite.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'

async function realWorld(encryption: 'tls' | 'noise'): Promise<NetworkWorld> {
  const createNode = () => createLibp2p(libp2pDefaults({ listen: ['/ip4/127.0.0.1/tcp/0'], encryption: [encryption] }))
  const [nodeA, nodeB] = [await createNode(), await createNode()]
  const [aId, bId] = [toPeerId(nodeA.peerId), toPeerId(nodeB.peerId)]
  const parts = { clock: systemClock, logger: new RecordingLogger() }
  return {
    a: new Libp2pNetwork({ libp2p: partsOfNode(nodeA), ...parts }),
    b: new Libp2pNetwork({ libp2p: partsOfNode(nodeB), ...parts }),
    aId,
    bId,
    bProvider: () => ({ peer: bId, addresses: nodeB.getMultiaddrs().map((address) => address.toString()) }),
    until: (promise) => promise,
    disconnect: () => nodeA.hangUp(nodeB.peerId),
    breakStream: () => {
      const streams = nodeA.getConnections(nodeB.peerId).flatMap((connection) => connection.streams)
      const ours = streams.filter(({ direction, protocol }) => direction === 'outbound' && /bitswap/.test(protocol))
      for (const stream of ours) stream.abort(new Error('the stream breaks'))
    },
    close: async () => {
      await nodeA.stop()
      await nodeB.stop()
    }
  }
}

describe.each(['tls', 'noise'] as const)('the network of libp2p, with %s,', (encryption) => {
  for (const { name, run } of networkCases(() => realWorld(encryption))) it(name, run)
})
