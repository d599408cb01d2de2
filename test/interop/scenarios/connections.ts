/** The same trade over every sort of connection and protocol. */
import { expect } from 'vitest'
import { BarterPeer } from '../barter-peer.ts'
import type { BlockFormat, ForeignStart } from '../foreign-peer.ts'
import { expectTraded, fetchAll, fresh, type Pair, type Stage, stock } from '../stage.ts'
import { KIB, type Scenario } from './scenario.ts'

/** Small blocks, which a want-have is answered with, and large ones. */
const SIZES = [500, 20 * KIB]

async function trade(stage: Stage, start: ForeignStart, format?: BlockFormat): Promise<Pair> {
  const pair = await stage.pair({ start })
  const bytes = SIZES.flatMap((size) => fresh(20, size))
  const all = await stock(pair.provider, bytes, format)
  await fetchAll(pair.consumer, all)
  // Without want-have, Boxo asks everybody for the blocks first, and then the one who answers, for all once more.
  const repeats = start.protocols !== undefined && stage.role === 'consumes'
  await expectTraded(stage, pair.provider, pair.consumer, all, { repeats })
  return pair
}

function barterOf({ provider, consumer }: Pair): BarterPeer {
  const barter = [provider, consumer].find((peer) => peer instanceof BarterPeer)
  if (barter === undefined) throw new Error('no Barter is on stage')
  return barter
}

const encryptions = (['tls', 'noise'] as const).map((encryption): Scenario => ({
  name: `secured by ${encryption}`,
  fits: ({ features }) => features.encryptions.includes(encryption),
  run: async (stage) => {
    const barter = barterOf(await trade(stage, { encryption }))
    const [connection] = barter.node.getConnections()
    expect(connection?.encryption).toMatch(encryption === 'tls' ? /tls/ : /noise/)
  }
}))

const webSocket: Scenario = {
  name: 'over websockets',
  fits: ({ features }) => features.transports.includes('ws'),
  run: async (stage) => {
    const barter = barterOf(await trade(stage, { transport: 'ws' }))
    expect(barter.node.getConnections().length).toBeGreaterThan(0)
  }
}

const rsa: Scenario = {
  name: 'a peer with an RSA identity',
  fits: ({ features }) => features.keyTypes.includes('rsa'),
  run: async (stage) => {
    const { provider, consumer } = await trade(stage, { keyType: 'rsa' })
    expect([provider.id, consumer.id].filter((id) => id.startsWith('Qm'))).toHaveLength(1)
  }
}

/** The oldest carries blocks without a prefix: they are of version 0, whatever was wanted. */
const OLD: readonly (readonly [string, BlockFormat])[] = [
  ['/ipfs/bitswap/1.1.0', {}],
  ['/ipfs/bitswap/1.0.0', { version: 0, codec: 'dag-pb' }]
]

const oldProtocols = OLD.map(([protocol, format]): Scenario => ({
  name: `a peer that only speaks ${protocol}`,
  fits: ({ features }) => features.protocols,
  run: async (stage) => {
    const barter = barterOf(await trade(stage, { protocols: [protocol] }, format))
    const streams = barter.node.getConnections().flatMap((connection) => connection.streams)
    const spoken = streams.map((stream) => stream.protocol).filter((name) => name.startsWith('/ipfs/bitswap'))
    expect(new Set(spoken)).toEqual(new Set([protocol]))
  }
}))

export const CONNECTIONS: readonly Scenario[] = [...encryptions, webSocket, rsa, ...oldProtocols]
