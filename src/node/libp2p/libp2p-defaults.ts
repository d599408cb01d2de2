/**
 * The libp2p settings of a Barter peer. Each figure says why it is not the library's own.
 */
import { noise } from '@chainsafe/libp2p-noise'
import { identify, type Identify, type IdentifyComponents } from '@libp2p/identify'
import type { PrivateKey } from '@libp2p/interface'
import { ping, type Ping, type PingComponents } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { tls } from '@libp2p/tls'
import { webSockets } from '@libp2p/websockets'
import type { Libp2pOptions } from 'libp2p'
import { Bandwidth } from '../bandwidth/bandwidth.ts'
import { metered, streamMeter } from '../bandwidth/meter-libp2p.ts'
import { guardedYamux } from './guarded-yamux.ts'
import { inboundGate } from './inbound-gate.ts'
import { systemClock } from '../system-clock.ts'

export type Encryption = 'tls' | 'noise'

export interface Libp2pDefaultsOptions {
  /** Addresses to listen on, of TCP and WebSocket, as multiaddr text. None: the peer only dials. */
  readonly listen?: readonly string[]
  /** What secures a connection, most wanted first. TLS comes first: it is faster here, and Kubo prefers it too. */
  readonly encryption?: readonly Encryption[]
  /** The peer's identity; a new one when left out. */
  readonly privateKey?: PrivateKey
  /** Connections, both ways together. Beyond, those of least worth are closed. */
  readonly maxConnections?: number
  /** New connections a second from one address; raise it for many peers on one machine. */
  readonly inboundConnectionsPerSecond?: number
  /** Largest receive window of one stream: what a peer may have on its way to us. */
  readonly maxStreamWindowBytes?: number
}

const MIB = 1024 * 1024

export const DEFAULT_STREAM_WINDOW_BYTES = 4 * MIB

/** Of the library's own, one stream may go out: libp2p's look at whether a connection lives, or a ping of the user, not both. */
const PING_STREAMS = { maxOutboundStreams: 4, maxInboundStreams: 4 }

/** The services that every peer has. */
export type BaseServices = {
  readonly identify: Identify
  readonly ping: Ping
  /** What goes in and out, by peer and by protocol. */
  readonly bandwidth: Bandwidth
}

/** What `createLibp2p` takes, with the addresses always there to be added to. */
export interface Libp2pDefaults extends Omit<Libp2pOptions, 'services'> {
  readonly addresses: { readonly listen: string[] }
  readonly services: {
    readonly identify: (components: IdentifyComponents) => Identify
    readonly ping: (components: PingComponents) => Ping
    readonly bandwidth: () => Bandwidth
  }
}

/** Streams of one connection, each way. Kubo opens one for every answer, so a busy peer has many at once. */
const MAX_STREAMS = 2048

/** Options for `createLibp2p`; add services beside the ones given. */
export function libp2pDefaults(options: Libp2pDefaultsOptions = {}): Libp2pDefaults {
  const window = options.maxStreamWindowBytes ?? DEFAULT_STREAM_WINDOW_BYTES
  const bandwidth = new Bandwidth()
  return {
    ...(options.privateKey === undefined ? {} : { privateKey: options.privateKey }),
    addresses: { listen: [...(options.listen ?? [])] },
    transports: [tcp(), webSockets()],
    connectionEncrypters: (options.encryption ?? ['tls', 'noise']).map((name) =>
      name === 'tls' ? metered(tls(), bandwidth) : metered(noise(), bandwidth)
    ),
    metrics: () => streamMeter(bandwidth),
    streamMuxers: [
      guardedYamux(
        {
          maxInboundStreams: MAX_STREAMS,
          maxOutboundStreams: MAX_STREAMS,
          // Yamux measures the round trip with it, without which its windows never grow.
          enableKeepAlive: true,
          streamOptions: { maxStreamWindowSize: window, maxReadBufferLength: window + MIB }
        },
        { maxFrameBytes: window, pingsPerSecond: 10, maxNewStreams: 192 },
        systemClock
      )
    ],
    services: { identify: identify(), ping: ping(PING_STREAMS), bandwidth: () => bandwidth },
    connectionManager: {
      maxConnections: options.maxConnections ?? 300,
      // With libp2p's ten, a few silent sockets a second from anywhere keep every new peer out. The gate has the say.
      maxIncomingPendingConnections: 256,
      inboundConnectionThreshold: options.inboundConnectionsPerSecond ?? 100,
      inboundUpgradeTimeout: 5_000
    },
    connectionGater: inboundGate(),
    // A failed ping closes the connection: a busy event loop, here or there, must not look like a dead peer.
    connectionMonitor: { pingInterval: 15_000, pingTimeout: { minTimeout: 20_000 } }
  }
}
