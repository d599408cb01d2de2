/** Peers that attack, in the process of `attacker.ts`: nothing that they waste is counted to the peer they attack. */
import diagnostics from 'node:diagnostics_channel'
import { Socket } from 'node:net'
import { yamux } from '@chainsafe/libp2p-yamux'
import type { Connection, MessageStream, Stream, StreamMuxerFactory } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p } from 'libp2p'
import { type Encryption, libp2pDefaults } from '../../../src/node/libp2p/libp2p-defaults.ts'

export const BITSWAP = '/ipfs/bitswap/1.2.0'

/** Bounded: connections of one test. Those this process dialled, in order. */
const sockets: Socket[] = []
diagnostics.channel('net.client.socket').subscribe((message) => {
  if (typeof message === 'object' && message !== null && 'socket' in message && message.socket instanceof Socket) {
    sockets.push(message.socket)
  }
})

export interface ConnectInit {
  readonly to: readonly string[]
  readonly count: number
  readonly encryption?: readonly Encryption[]
  /** Reads what it is sent on bitswap streams; it does by default. */
  readonly reads?: boolean
}

export interface Attacker {
  readonly node: Libp2p
  readonly connection: Connection
  readonly socket: Socket | undefined
  /** Writes below the streams: frames, good or bad. False when there is more than the connection takes. */
  write(bytes: Uint8Array): boolean
}

/** Bounded: by the test. */
export const crowd: Attacker[] = []

/** Yamux without our guards, whose connection can be written to. */
function openYamux(found: (connection: MessageStream) => void): () => StreamMuxerFactory {
  return () => {
    const factory = yamux({ maxOutboundStreams: 10_000, maxInboundStreams: 10_000, enableKeepAlive: false })()
    return {
      protocol: factory.protocol,
      createStreamMuxer(connection) {
        found(connection)
        return factory.createStreamMuxer(connection)
      }
    }
  }
}

async function startAttacker({ to, encryption, reads }: ConnectInit): Promise<Attacker> {
  let below: MessageStream | undefined
  const node = await createLibp2p({
    ...libp2pDefaults(encryption === undefined ? {} : { encryption }),
    streamMuxers: [openYamux((connection) => (below = connection))],
    // It would hang up on whoever is too busy to answer.
    connectionMonitor: { enabled: false }
  })
  await node.handle(
    BITSWAP,
    (stream) => {
      stream.addEventListener('message', () => undefined)
      if (reads === false) queueMicrotask(() => stream.pause())
      stream.addEventListener('remoteCloseWrite', () => void stream.close().catch(() => undefined))
    },
    { maxInboundStreams: 10_000 }
  )
  const before = sockets.length
  const connection = await node.dial(to.map((address) => multiaddr(address)))
  return { node, connection, socket: sockets[before], write: (bytes) => below?.status === 'open' && below.send(bytes) }
}

export const crowdCalls = {
  /** Starts attackers, each a node of its own; resolves with the peer ids of all. */
  connect: async (init: ConnectInit): Promise<string[]> => {
    for (let i = 0; i < init.count; i++) crowd.push(await startAttacker(init))
    return crowd.map(({ node }) => node.peerId.toString())
  },
  /** How many are still connected. */
  connected: (): number => crowd.filter(({ connection }) => connection.status === 'open').length,
  disconnect: async (): Promise<void> => {
    await Promise.all(crowd.map(({ connection }) => connection.close().catch(() => undefined)))
  }
}

/** Never reads from its socket again. */
export function stopReading({ socket }: Attacker): void {
  if (socket === undefined) throw new Error('the socket of a connection is not known')
  socket.pause()
  socket.resume = () => socket
}

/** What is read from streams is thrown away; the attack chooses whether the socket is read at all. */
export async function openStream({ connection }: Attacker): Promise<Stream> {
  const stream = await connection.newStream(BITSWAP, { maxOutboundStreams: 10_000 })
  stream.addEventListener('message', () => undefined)
  return stream
}

/** Sends, and waits until the stream takes more. False when the stream has ended: whoever is attacked may hang up. */
export async function sendAll(stream: Stream, bytes: Uint8Array): Promise<boolean> {
  if (stream.status !== 'open') return false
  try {
    if (stream.send(bytes)) return true
  } catch {
    return false
  }
  return await new Promise<boolean>((resolve) => {
    const look = (): void => {
      if (stream.status !== 'open') resolve(false)
      else if (stream.writableNeedsDrain) stream.addEventListener('drain', () => queueMicrotask(look), { once: true })
      else resolve(true)
    }
    stream.addEventListener('close', () => resolve(false), { once: true })
    look()
  })
}

/** Runs an attack of every peer; one that is thrown out does not keep the others from going on. */
export async function everyone<T>(attack: (attacker: Attacker) => Promise<T>): Promise<T[]> {
  const results = await Promise.allSettled(crowd.map((attacker) => attack(attacker)))
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
}
